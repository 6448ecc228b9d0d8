import { NO_OCTETS, type Octets } from '../base/brands.ts';
import type { World } from '../base/time.ts';
import type { Effect } from '../call/effects.ts';
import type { TimerName } from '../call/events.ts';
import type { CallId } from '../call/ids.ts';
import type { Decide } from '../call/step.ts';
import { terminated } from '../call/termination.ts';
import type { HealthBook } from '../gateways/health-book.ts';
import type { GatewayName } from '../gateways/options.ts';
import type { LoopGuard } from '../guard/loop-guard.ts';
import type { MergedInvites } from '../guard/merged-invites.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { ClaimId } from '../ports/ownership.ts';
import type { LegEvent, LegId, ReceivedInvite, SipEngine } from '../ports/sip-engine.ts';
import { uriText } from '../sip/ids.ts';
import type { Replaces } from '../sip/replaces.ts';
import { sdpIn, sdpPartOf } from '../sip/sdp-part.ts';
import { reasonPhrase } from '../sip/status.ts';
import { type Hands, leaves, type Sides } from './carry-out.ts';
import { writeRecord } from './ended-record.ts';
import type { Identities } from './identities.ts';
import { inboxes, type Take } from './inbox.ts';
import { type LiveCall, legBOf } from './live-call.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import { reAnchoring } from './re-anchor.ts';
import { asItLeads, type Joined, joinedBy, type Place } from './referrals.ts';
import type { Teller } from './tell.ts';
import { fromLeg } from './translate.ts';

export type Runtime = {
  start(call: LiveCall, effects: readonly Effect[]): void;
  /** A further INVITE of the caller becomes part of the call; false: there is no such call. */
  join(invite: ReceivedInvite, leg: LegId): boolean;
  /** The INVITE of a gateway takes the place of one that talks; false: in no call here. */
  takeOver(invite: ReceivedInvite, gateway: GatewayName, replaces: Replaces): boolean;
  onLeg(leg: LegId, event: LegEvent): void;
  /** What anchored the media of that call is gone. */
  onMediaLost(callId: CallId): void;
  /** Another site has the call of that claim. */
  onYield(claim: ClaimId): void;
  /** Its caller had given up before, at another site. */
  onBuried(claim: ClaimId): void;
  readonly callsNow: () => number;
  readonly legsNow: () => number;
  readonly shutDown: () => void;
};

export type Surroundings = {
  readonly world: World;
  readonly sink: EventSink;
  readonly engine: SipEngine;
  readonly identities: Identities;
  readonly health: HealthBook;
  readonly loops: LoopGuard;
  readonly merges: MergedInvites;
  /** Absent: no caller is spoken to. */
  readonly announcer: Announcer | undefined;
  /** Absent: this site is the only one. */
  readonly neighbourhood: Neighbourhood | undefined;
  readonly sides: Sides;
  readonly site: string;
  readonly tell: Teller;
  readonly decide: Decide;
  /** The last call was forgotten. */
  onQuiet(): void;
};

/** Runs the calls: one event of a call, all its effects, then the next. */
export function openRuntime(around: Surroundings): Runtime {
  const { engine, tell } = around;
  const { clock } = around.world;
  const calls = new Map<CallId, LiveCall>();
  const places = new Map<LegId, Place>();
  const placeOf = (leg: LegId) => places.get(leg);
  const hands = handsOf(around, calls, places, (call, event) =>
    take(call, { at: clock.mono(), ...event }),
  );
  const anew = reAnchoring(around, (call, event) => take(call, event));
  const take = inboxes(around, hands, { abort: (call) => abort(around, hands, call), anew });
  return {
    start(call, effects) {
      calls.set(call.state.facts.callId, call);
      call.share.callsNow += 1;
      places.set(call.legA, { call, attempt: 0 });
      tell.invited(call, clock.mono());
      take(call, effects);
    },
    join(invite, leg) {
      const call = places.get(leg)?.call;
      if (!engine.join(invite.leg, leg)) return false;
      if (call !== undefined) tell.joined(call, invite.receivedOn, clock.mono());
      return true;
    },
    takeOver(invite, gateway, replaces) {
      const joined = joinedBy(around, invite, gateway, replaces, placeOf);
      if (joined !== undefined) takeIn(places, take, invite.leg, joined);
      return joined !== undefined;
    },
    onLeg(leg, event) {
      const place = places.get(leg);
      if (place === undefined) {
        serveOrphan(engine, leg, event);
        return;
      }
      const { call, attempt } = place;
      const at = clock.mono();
      if (attempt === 0) tell.heardA(call, event, at);
      else tell.heardB(call, attempt, event, at);
      if (attempt > 0 && FREES.has(event.on)) freeGateway(call, attempt, hands);
      if (event.on === 'replied' && event.request === call.media?.anew && attempt === 0) {
        anew.onReplied(call, event);
        return;
      }
      const heard = fromLeg(call, attempt, event, at);
      if (heard !== undefined) take(call, asItLeads(call, heard, engine, placeOf));
    },
    onMediaLost(callId) {
      const call = calls.get(callId);
      if (call !== undefined) anew.begin(call);
    },
    onYield(claim) {
      for (const call of calls.values()) {
        if (call.claimed !== claim) continue;
        if (call.state.tag === 'dialing') engine.handOver(call.legA);
        take(call, { on: 'yielded', at: clock.mono() });
      }
    },
    onBuried(claim) {
      for (const call of calls.values())
        if (call.claimed === claim) take(call, { on: 'a-cancelled', at: clock.mono(), ...NOTHING });
    },
    callsNow: () => calls.size,
    legsNow: () => places.size,
    shutDown() {
      for (const call of calls.values()) take(call, { on: 'shutdown', at: clock.mono() });
    },
  };
}

function takeIn(places: Map<LegId, Place>, take: Take, leg: LegId, { call, event }: Joined): void {
  places.set(leg, { call, attempt: event.attempt });
  take(call, event);
}

/** After these the gateway has one call less. */
const FREES: ReadonlySet<LegEvent['on']> = new Set(['refused', 'hung-up', 'lost']);

function freeGateway(call: LiveCall, attempt: number, hands: Hands): void {
  leaves(legBOf(call, attempt), hands);
  // What the caller talked with is counted first, when its call is over.
  if (!isBridged(call, attempt)) abandonMedia(call, attempt);
}

function isBridged({ state }: LiveCall, attempt: number): boolean {
  return 'bridge' in state && state.bridge.attempt === attempt;
}

function abandonMedia({ media, state }: LiveCall, attempt: number): void {
  void media?.anchor.abandon(state.facts.callId, attempt);
}

function handsOf(
  around: Surroundings,
  calls: Map<CallId, LiveCall>,
  places: Map<LegId, Place>,
  onOwn: (call: LiveCall, event: OwnEvent) => void,
): Hands {
  const { timers } = around.world;
  const clearTimer = (call: LiveCall) => {
    if (call.alarm !== undefined) timers.clear(call.alarm);
    call.alarm = undefined;
  };
  return {
    ...around,
    rng: around.world.rng,
    clearTimer,
    setTimer(call, name, delayMs) {
      clearTimer(call);
      call.alarm = timers.set(delayMs, () => {
        call.alarm = undefined;
        onOwn(call, { on: 'timer', name });
      });
    },
    announce: (call, effect) => announce(around.announcer, call, effect, onOwn),
    hush: (call) => around.announcer?.hush(call.state.facts.callId),
    bind(call, attempt) {
      places.set(legBOf(call, attempt).leg, { call, attempt });
    },
    end: (call, termination) => writeRecord(around, call, termination),
    forget(call) {
      clearTimer(call);
      places.delete(call.legA);
      for (const leg of call.legsB) {
        places.delete(leg.leg);
        leaves(leg, around);
      }
      forgetSent(around, call);
      if (calls.delete(call.state.facts.callId)) call.share.callsNow -= 1;
      if (calls.size === 0) around.onQuiet();
    },
  };
}

/** What a call hears from this node itself. */
type OwnEvent =
  | { readonly on: 'timer'; readonly name: TimerName }
  | { readonly on: 'announced'; readonly sdp: Octets }
  | { readonly on: 'announcement-over' };

function announce(
  announcer: Announcer | undefined,
  call: LiveCall,
  { prompt, isRepeated }: Extract<Effect, { do: 'announce' }>,
  onOwn: (call: LiveCall, event: OwnEvent) => void,
): void {
  const { callId, asked } = call.state.facts;
  const onOver = () => onOwn(call, { on: 'announcement-over' });
  const part = sdpPartOf(asked.headers, asked.body);
  if (announcer === undefined || part === undefined) {
    onOver();
    return;
  }
  const offer = sdpIn(asked.body, part);
  const onSpeaking = (sdp: Octets) => onOwn(call, { on: 'announced', sdp });
  announcer.speak({ call: callId, offer, prompt, isRepeated }, { onSpeaking, onOver });
}

/** What comes back after an answer is a call of its own: somebody redials, or is transferred. */
function forgetSent({ loops }: Surroundings, { legsB }: LiveCall): void {
  for (const { callId } of legsB) loops.forget(callId);
}

/**
 * A callee that answers when its call is long over believes it is in a call, and who asks within a
 * dialog is owed an answer. [3261-13.2.2.4]
 */
function serveOrphan(engine: SipEngine, leg: LegId, event: LegEvent): void {
  if (event.on === 'asked') {
    const says = { status: 481, reason: reasonPhrase(481), ...NOTHING };
    engine.reply(leg, event.request, { ...says, contact: uriText('') });
  }
  if (event.on !== 'answered') return;
  engine.acknowledge(leg, event.tag, NOTHING);
  engine.hangUp(leg, event.tag, []);
}

const NOTHING = { headers: [], body: NO_OCTETS };
const FAILED = { status: 500, reason: reasonPhrase(500), ...NOTHING };

/** Ends a call whose state can no longer be trusted, on every leg that it may have. */
function abort(around: Surroundings, hands: Hands, call: LiveCall): void {
  const { engine } = around;
  const wasAnswered = call.state.facts.times.answered !== undefined;
  const tags = call.identities.map(({ tag }) => tag);
  if (!wasAnswered && tags[0] !== undefined) {
    engine.reject(call.legA, { ...FAILED, tag: tags[0], contact: undefined });
  }
  for (const tag of tags) engine.hangUp(call.legA, tag, []);
  for (const { leg, toTag } of call.legsB) {
    if (toTag === undefined) engine.cancel(leg, []);
    else engine.reject(leg, { ...FAILED, tag: toTag, contact: undefined });
  }
  const { state } = call;
  if ('bridge' in state) {
    engine.hangUp(legBOf(call, state.bridge.attempt).leg, state.bridge.tag, []);
  }
  writeRecord(around, call, terminated('bug', wasAnswered ? 200 : 500));
  void call.media?.anchor.release(state.facts.callId);
  hands.hush(call);
  if (call.claimed !== undefined && !wasAnswered)
    around.neighbourhood?.progress(call.claimed, 'failed');
  call.inbox.length = 0;
  hands.forget(call);
}
