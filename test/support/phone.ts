import { headerOf } from './sipp-logs.ts';
import { until } from './until.ts';

/** A real phone, as whoever holds it uses it. It has one call in its life. */
export type Phone = {
  dial(uri: string): void;
  accept(): void;
  hangUp(): void;
  hold(): void;
  resume(): void;
  /** Each waits until it is so. */
  isCalled(): Promise<void>;
  hearsRinging(): Promise<void>;
  isTalking(): Promise<void>;
  isOver(withinMs?: number): Promise<void>;
  /** The SIP messages that came to it, in their order. */
  received(): readonly string[];
  stop(): Promise<void>;
};

export type Dialling = {
  readonly caller: Phone;
  readonly callee: Phone;
  readonly uri: string;
  /** What is done as soon as both hear the other, and once more when a hold is over. */
  readonly whileTalking?: () => Promise<void>;
};

/** The caller dials, the callee picks up, and both hear the other. */
async function talk({ caller, callee, uri, whileTalking }: Dialling): Promise<void> {
  caller.dial(uri);
  await callee.isCalled();
  await caller.hearsRinging();
  callee.accept();
  await callee.isTalking();
  await caller.isTalking();
  await whileTalking?.();
}

/** A call in which the caller holds the callee, takes it back, and hangs up. */
export async function callThatTheCallerEnds(call: Dialling): Promise<void> {
  const { caller, callee } = call;
  await talk(call);
  await holdAndResume(caller, callee);
  await call.whileTalking?.();
  caller.hangUp();
  await callee.isOver();
}

/** A call in which the callee holds the caller, takes it back, and hangs up. */
export async function callThatTheCalleeEnds(call: Dialling): Promise<void> {
  const { caller, callee } = call;
  await talk(call);
  await holdAndResume(callee, caller);
  await call.whileTalking?.();
  callee.hangUp();
  await caller.isOver();
}

/** A call that the caller gives up while it rings. */
export async function callThatIsGivenUp({ caller, callee, uri }: Dialling): Promise<void> {
  caller.dial(uri);
  await callee.isCalled();
  await caller.hearsRinging();
  caller.hangUp();
  await callee.isOver();
}

/** One phone holds the other and takes it back; each must have heard it from the far end. */
async function holdAndResume(holder: Phone, held: Phone): Promise<void> {
  holder.hold();
  await hears(held, 'INVITE', 'sendonly');
  await hears(holder, 'answer', 'recvonly');
  holder.resume();
  await hears(held, 'INVITE', 'sendrecv');
  await hears(holder, 'answer', 'sendrecv');
}

async function hears(phone: Phone, what: 'INVITE' | 'answer', direction: string): Promise<void> {
  const start = what === 'INVITE' ? 'INVITE ' : 'SIP/2.0 200 ';
  await until(`${direction} in the last ${what} that came`, () => {
    const last = phone
      .received()
      .filter((text) => isInvite(text, start))
      .at(-1);
    return last !== undefined && directionOf(last) === direction;
  });
}

function isInvite(text: string, start: string): boolean {
  return text.startsWith(start) && headerOf(text, 'CSeq').endsWith(' INVITE');
}

/** Who says none means both. */
function directionOf(message: string): string {
  return /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(message)?.[1] ?? 'sendrecv';
}
