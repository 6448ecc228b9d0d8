import { NO_OCTETS } from '../../lib/base/brands.ts';
import { never } from '../../lib/base/never.ts';
import type { Alarm, World } from '../../lib/base/time.ts';
import type { Datagrams } from '../../lib/engine/builtin/datagrams.ts';
import { builtinEngine } from '../../lib/engine/builtin/engine.ts';
import type { StreamsBy } from '../../lib/engine/builtin/streams.ts';
import type { EngineEars } from '../../lib/ports/engine-ears.ts';
import type { LegEvent, Listener } from '../../lib/ports/sip-engine.ts';
import { legId, type Tag, uriText } from '../../lib/sip/ids.ts';
import { reasonPhrase } from '../../lib/sip/status.ts';
import type { Course } from './call-verdict.ts';
import { messageBook, type Seen } from './seen-messages.ts';
import { type TestInvite, testInvite } from './test-invite.ts';

/** How long a CANCEL or BYE of ours may take to be answered. */
const FAREWELL_MS = 3000;
const LEG = legId('test');

export type CallPlan = TestInvite & {
  /** From the answer to our BYE. */
  readonly afterMs: number;
  readonly timeoutMs: number;
  /** Ends the call at once, properly. */
  readonly interrupted: AbortSignal;
};

export type PlacedCall =
  | { readonly kind: 'placed'; readonly course: Course; readonly seen: readonly Seen[] }
  | { readonly kind: 'failed'; readonly why: string };

/** Places one call, hangs it up, and tells every message that crossed. */
export async function placeCall(
  plan: CallPlan,
  world: World,
  datagrams: Datagrams,
  streams?: StreamsBy,
): Promise<PlacedCall> {
  const listener: Listener = {
    ...plan.local,
    transport: plan.transport ?? 'udp',
    role: 'gateway',
    advertise: undefined,
  };
  const book = messageBook();
  const caller = newCaller(plan, world);
  const engine = builtinEngine({
    world,
    datagrams,
    streams,
    ears: earsOf(caller),
    tap: (direction, _, far, bytes) => {
      const entry = book.see(world.clock.mono(), direction, far, bytes);
      if (entry !== undefined) saw(caller, entry);
    },
  });
  const listening = await engine.listen([listener]);
  if (listening.kind === 'failed') return { kind: 'failed', why: listening.why };
  const course = await run(caller, engine, listener);
  await engine.close();
  return { kind: 'placed', course, seen: book.seen };
}

type Engine = ReturnType<typeof builtinEngine>;

/** The caller of one test call. */
type Caller = {
  readonly plan: CallPlan;
  readonly world: World;
  readonly alarms: Alarm[];
  /** Absent until the call is placed. */
  engine: Engine | undefined;
  /** Absent as long as it may still be answered. */
  course: Course | undefined;
  /** The dialog that is talked in. */
  dialog: Tag | undefined;
  /** CANCEL or BYE was sent, or will be as soon as it may. */
  isLeaving: boolean;
  finish: () => void;
};

function newCaller(plan: CallPlan, world: World): Caller {
  return {
    plan,
    world,
    alarms: [],
    engine: undefined,
    course: undefined,
    dialog: undefined,
    isLeaving: false,
    finish: () => undefined,
  };
}

/** Settles when nothing more is to come, or not soon enough. */
function run(caller: Caller, engine: Engine, listener: Listener): Promise<Course> {
  const { plan, world } = caller;
  return new Promise((resolve) => {
    const onInterrupt = () => giveUp(caller, 'interrupted');
    plan.interrupted.addEventListener('abort', onInterrupt);
    caller.engine = engine;
    caller.finish = () => {
      for (const alarm of caller.alarms) world.timers.clear(alarm);
      plan.interrupted.removeEventListener('abort', onInterrupt);
      resolve(caller.course ?? 'refused');
    };
    later(caller, plan.timeoutMs, () => {
      if (caller.course === undefined) giveUp(caller, 'timeout');
    });
    engine.invite(testInvite(plan, LEG, listener, world.rng));
  });
}

function earsOf(caller: Caller): EngineEars {
  return {
    // Nobody calls a test call.
    onInvite: () => undefined,
    onLeg: (_, event) => onLeg(caller, event),
    onStray: ({ id }) => caller.engine?.respond(id, 481, reasonPhrase(481), []),
    onFault: () => undefined,
  };
}

/** A test call has nothing to change. [3261-14.2] */
const UNCHANGED = {
  status: 488,
  reason: reasonPhrase(488),
  contact: uriText(''),
  headers: [],
  body: NO_OCTETS,
};

function onLeg(caller: Caller, event: LegEvent): void {
  switch (event.on) {
    case 'answered':
      onAnswered(caller, event.tag);
      return;
    case 'refused':
      caller.course ??= 'refused';
      finishSoon(caller);
      return;
    case 'hung-up':
      finishSoon(caller);
      return;
    case 'asked':
      caller.engine?.reply(LEG, event.request, UNCHANGED);
      return;
    case 'trying':
    case 'ringing':
    case 'retracted':
    case 'replied':
    case 'confirmed':
    case 'unconfirmed':
    case 'cancelled':
    case 'acknowledged':
    case 'unacknowledged':
    case 'declined':
    case 'expired':
    case 'lost':
      return;
    default:
      never(event);
  }
}

function onAnswered(caller: Caller, tag: Tag): void {
  const { engine, plan } = caller;
  engine?.acknowledge(LEG, tag, { headers: [], body: NO_OCTETS });
  if (caller.course === undefined) {
    caller.course = 'answered';
    caller.dialog = tag;
    later(caller, plan.afterMs, () => leave(caller));
  } else if (tag !== caller.dialog) {
    // A second callee, or one that answered when we had given up.
    engine?.hangUp(LEG, tag, []);
  }
}

function giveUp(caller: Caller, why: Course): void {
  caller.course ??= why;
  leave(caller);
}

/** Says goodbye in the way that fits, and waits for the answer to it, but not for ever. */
function leave(caller: Caller): void {
  if (caller.isLeaving) return;
  caller.isLeaving = true;
  if (caller.dialog === undefined) caller.engine?.cancel(LEG, []);
  else caller.engine?.hangUp(LEG, caller.dialog, []);
  later(caller, FAREWELL_MS, caller.finish);
}

function saw(caller: Caller, entry: Seen): void {
  if (caller.isLeaving && isByeAnswer(entry)) finishSoon(caller);
}

function isByeAnswer({ direction, message }: Seen): boolean {
  if (direction !== 'in' || message?.kind !== 'response') return false;
  return message.cseq.method === 'BYE' && message.status >= 200;
}

/** When the engine is done with what it is doing now. */
function finishSoon(caller: Caller): void {
  later(caller, 0, caller.finish);
}

function later({ alarms, world }: Caller, delayMs: number, doIt: () => void): void {
  alarms.push(world.timers.set(delayMs, doIt));
}
