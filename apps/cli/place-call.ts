import { NO_OCTETS, octetsOfText } from '../../lib/base/brands.ts';
import { never } from '../../lib/base/never.ts';
import type { Alarm, World } from '../../lib/base/time.ts';
import type { Datagrams } from '../../lib/engine/builtin/datagrams.ts';
import { builtinEngine } from '../../lib/engine/builtin/engine.ts';
import type { EngineEars, LegEvent, Listener } from '../../lib/ports/sip-engine.ts';
import type { Address } from '../../lib/sip/address.ts';
import { header } from '../../lib/sip/header-names.ts';
import { legId, sipCallId, type Tag, tagOf, type UriText } from '../../lib/sip/ids.ts';
import { reasonPhrase } from '../../lib/sip/status.ts';
import { sipUri } from '../../lib/sip/uri.ts';
import type { Course } from './call-verdict.ts';
import { messageBook, type Seen } from './seen-messages.ts';

/** How long a CANCEL or BYE of ours may take to be answered. */
const FAREWELL_MS = 3000;
const LEG = legId('test');

export type CallPlan = {
  readonly uri: UriText;
  readonly target: Address;
  readonly local: Address;
  /** Absent: `sip:landfall-test@` and our address. */
  readonly from: UriText | undefined;
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
): Promise<PlacedCall> {
  const listener: Listener = {
    ...plan.local,
    transport: 'udp',
    role: 'gateway',
    advertise: undefined,
  };
  const book = messageBook();
  const caller = callerOf(plan, world);
  const engine = builtinEngine({
    world,
    datagrams,
    ears: caller.ears,
    tap: (direction, _, far, bytes) => {
      const entry = book.see(world.clock.mono(), direction, far, bytes);
      if (entry !== undefined) caller.saw(entry);
    },
  });
  const listening = await engine.listen([listener]);
  if (listening.kind === 'failed') return { kind: 'failed', why: listening.why };
  const course = await caller.run(engine, listener);
  await engine.close();
  return { kind: 'placed', course, seen: book.seen };
}

type Engine = ReturnType<typeof builtinEngine>;

/** The caller: what it does at each event of its one leg. */
function callerOf(plan: CallPlan, world: World) {
  let engine: Engine | undefined;
  let course: Course | undefined;
  let dialog: Tag | undefined;
  let isLeaving = false;
  let finish: () => void = () => undefined;
  const alarms: Alarm[] = [];
  const later = (delayMs: number, run: () => void) => {
    alarms.push(world.timers.set(delayMs, run));
  };

  /** Says goodbye in the way that fits, and waits for the answer to it, but not for ever. */
  const leave = () => {
    if (isLeaving) return;
    isLeaving = true;
    if (dialog === undefined) engine?.cancel(LEG, []);
    else engine?.hangUp(LEG, dialog, []);
    later(FAREWELL_MS, finish);
  };
  const giveUp = (why: Course) => {
    course ??= why;
    leave();
  };
  const onAnswered = (tag: Tag) => {
    engine?.acknowledge(LEG, tag, { headers: [], body: NO_OCTETS });
    if (course === undefined) {
      course = 'answered';
      dialog = tag;
      later(plan.afterMs, leave);
    } else if (tag !== dialog) {
      // A second callee, or one that answered when we had given up.
      engine?.hangUp(LEG, tag, []);
    }
  };
  const onLeg = (event: LegEvent) => {
    switch (event.on) {
      case 'answered':
        onAnswered(event.tag);
        return;
      case 'refused':
        course ??= 'refused';
        later(0, finish);
        return;
      case 'hung-up':
        later(0, finish);
        return;
      case 'trying':
      case 'ringing':
      case 'cancelled':
      case 'acknowledged':
      case 'unacknowledged':
      case 'declined':
        return;
      default:
        never(event);
    }
  };
  const ears: EngineEars = {
    // Nobody calls a test call.
    onInvite: () => undefined,
    onLeg: (_, event) => onLeg(event),
    onStray: ({ id }) => engine?.respond(id, 481, reasonPhrase(481), []),
    onFault: () => undefined,
  };
  return {
    ears,
    saw: (entry: Seen) => {
      if (isLeaving && isByeAnswer(entry)) later(0, finish);
    },
    run: (running: Engine, listener: Listener): Promise<Course> =>
      new Promise((resolve) => {
        engine = running;
        const onInterrupt = () => giveUp('interrupted');
        finish = () => {
          for (const alarm of alarms) world.timers.clear(alarm);
          plan.interrupted.removeEventListener('abort', onInterrupt);
          resolve(course ?? 'refused');
        };
        plan.interrupted.addEventListener('abort', onInterrupt);
        later(plan.timeoutMs, () => {
          if (course === undefined) giveUp('timeout');
        });
        running.invite(inviteOf(plan, listener, world));
      }),
  };
}

function isByeAnswer({ direction, message }: Seen): boolean {
  if (direction !== 'in' || message?.kind !== 'response') return false;
  return message.cseq.method === 'BYE' && message.status >= 200;
}

function inviteOf({ uri, target, local, from }: CallPlan, listener: Listener, { rng }: World) {
  const random = (bytes: number) => Buffer.from(rng.bytes(bytes)).toString('hex');
  const tag = tagOf(random(6));
  const own = sipUri({ user: 'landfall-test', host: local.address, port: local.port });
  return {
    leg: LEG,
    listener,
    nextHop: target,
    uri,
    from: `<${from ?? own}>;tag=${tag}`,
    to: `<${uri}>`,
    tag,
    callId: sipCallId(`${random(12)}@${local.address}`),
    contact: own,
    maxForwards: 70,
    headers: [header('User-Agent', 'landfall'), header('Content-Type', 'application/sdp')],
    body: octetsOfText(offerOf(local)),
  };
}

/** Speech in G.711, as every phone offers it; nobody listens on the port. [4566-5] [3264-5] */
function offerOf({ address, port }: Address): string {
  const family = address.includes(':') ? 'IP6' : 'IP4';
  const mediaPort = port >= 65_000 ? 40_000 : port + 2 - (port % 2);
  return [
    'v=0',
    `o=landfall 1 1 IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${mediaPort} RTP/AVP 8 0 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
