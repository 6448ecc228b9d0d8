import { NO_OCTETS } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Effect } from '../effects.ts';
import type { CallEvent, EventOf } from '../events.ts';
import { type Facts, isLateOffer } from '../facts.ts';
import { cancelAll, MEDIA_FAILED } from '../fading.ts';
import { earlyForkFor, forkFor } from '../forks.ts';
import { crossing, reasonsOf, withoutMedia } from '../header-plans.ts';
import { withOutcome, withTime } from '../notes.ts';
import { type Attempt, type Dialing, owed } from '../state.ts';
import { terminated } from '../termination.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { announced, announcementOver } from './announcing.ts';
import { askedEarly, repliedEarly } from './early.ts';
import { end, hushed } from './finishing.ts';
import { fail, giveUp, refused, settle } from './hunting.ts';
import { refuseJoin } from './replacing.ts';

/** The caller hears 100 or ringing; gateways are tried one after another. */
export function stepDialing(state: Dialing, event: CallEvent): Transition {
  switch (event.on) {
    case 'b-trying':
      return trying(state, event);
    case 'b-ringing':
      return ringing(state, event);
    case 'b-answered':
      return answered(state, event);
    case 'b-refused':
      return refused(state, event);
    case 'a-cancelled':
      return abandoned(state, event);
    case 'a-hung-up':
      return abandoned(state, event);
    case 'timer':
      return timedOut(state, event);
    case 'yielded':
      return yielded(state);
    case 'shutdown':
      return fail(state, 'hung-up-at-shutdown', []);
    case 'media-failed':
      return unanchored(state, event);
    case 'announced':
      return announced(state, event);
    case 'announcement-over':
      return announcementOver(state, event);
    case 'asked':
      return askedEarly(state, event);
    case 'replied':
      return repliedEarly(state, event) ?? ignored(state, event);
    case 'b-joins':
      return refuseJoin(state, event, 481);
    case 'a-acknowledged':
    case 'a-unacknowledged':
    case 'a-declined':
    case 'a-expired':
    case 'b-hung-up':
    case 'b-expired':
    case 'b-lost':
    case 'b-declined':
    case 'retracted':
    case 'confirmed':
    case 'unconfirmed':
      return ignored(state, event);
    default:
      return never(event);
  }
}

function trying(state: Dialing, event: EventOf<'b-trying'>): Transition {
  const heard = hear(state, event.attempt, 'trying');
  if (heard === undefined) return ignored(state, event);
  if (heard.current?.number !== event.attempt) return settle(heard, event.at, []);
  return transition(heard, [
    { do: 'note-gateway', gateway: heard.current.target.gateway, outcome: 'alive' },
    { do: 'set-timer', name: 'progress', delayMs: state.facts.rules.progressTimeoutMs },
  ]);
}

/** The gateway that rings is the one that counts; a silent one tried in its place is given up. */
function ringing(state: Dialing, event: EventOf<'b-ringing'>): Transition {
  const chosen = choose(state, event.attempt);
  if (chosen === undefined) return ignored(state, event);
  const { attempt, tag, status, reason } = event;
  const withSdp = event.body !== '' && !isMereSketch(state.facts, event);
  const { facts, fork, mayCarrySdp } = earlyForkFor(state.facts, attempt, tag, withSdp);
  const headers = crossing(event.headers, facts.emergency);
  const content =
    withSdp && mayCarrySdp
      ? { headers, body: event.body }
      : { headers: withoutMedia(headers), body: NO_OCTETS };
  const { fading, effects } = cancelAll(chosen.others, []);
  const gateway = chosen.attempt.target.gateway;
  // What is said is no longer true, or is drowned out by the gateway's own media.
  const isHeard = state.verdict !== undefined || content.body !== '';
  const { emergency, rules } = facts;
  return transition(
    {
      ...state,
      facts: withTime(facts, 'ringing', event.at),
      fading,
      current: { ...chosen.attempt, progress: 'ringing' },
      verdict: undefined,
      voice: isHeard ? undefined : state.voice,
    },
    [
      { do: 'note-gateway', gateway, outcome: 'alive' },
      emergency
        ? { do: 'clear-timer' }
        : { do: 'set-timer', name: 'ring', delayMs: rules.ringTimeoutMs },
      ...(isHeard ? hushed(state) : []),
      { do: 'ring-a', fork, status, reason, ...content },
      ...effects,
    ],
  );
}

/**
 * What a gateway tells unreliably of the offer that it will make: a caller who acknowledges what it
 * hears would answer that. [3262-5]
 */
function isMereSketch({ asked }: Facts, { isOffer }: EventOf<'b-ringing'>): boolean {
  return asked.body === '' && asked.ringsReliably && isOffer !== true;
}

/** The first 2xx is the answer, even of a gateway whose Timer B has long run out. */
function answered(state: Dialing, event: EventOf<'b-answered'>): Transition {
  const { attempt, tag, status, reason, headers, body, at } = event;
  const forked = forkFor(state.facts, attempt, tag, body !== '');
  const facts = withTime(withOutcome(forked.facts, attempt, status, reason), 'answered', at);
  const { fading, effects } = cancelAll(
    owed(state).filter(({ number }) => number !== attempt),
    [],
  );
  const ack: Effect[] = isLateOffer(facts, forked.fork)
    ? []
    : [{ do: 'ack-b', attempt, tag, headers: [], body: NO_OCTETS }];
  const crossed = crossing(headers, facts.emergency);
  return transition(
    { tag: 'answering', facts, fading, bridge: { fork: forked.fork, attempt, tag } },
    [
      { do: 'note-gateway', gateway: gatewayOf(facts, attempt), outcome: 'alive' },
      { do: 'clear-timer' },
      ...hushed(state),
      { do: 'answer-a', fork: forked.fork, status, reason, headers: crossed, body },
      ...ack,
      ...effects,
    ],
  );
}

function gatewayOf({ attempts }: Facts, attempt: number): string {
  const entry = attempts[attempt - 1];
  if (entry === undefined) throw new Error(`attempt ${attempt} was never made`);
  return entry.gateway;
}

/** The caller gave up, by CANCEL or by BYE in an early dialog. [3261-9.2] [3261-15.1.2] */
function abandoned(
  state: Dialing,
  event: EventOf<'a-cancelled'> | EventOf<'a-hung-up'>,
): Transition {
  const says = { status: 487, reason: 'Request Terminated', headers: [], body: NO_OCTETS };
  const reasons = reasonsOf(event.headers);
  return end(state, terminated('caller-cancelled', 487), { says, reasons });
}

/** Whoever has the call answers the caller. */
function yielded(state: Dialing): Transition {
  return end(state, terminated('another-site-has-it', 487), { reasons: [] });
}

function timedOut(state: Dialing, event: EventOf<'timer'>): Transition {
  switch (event.name) {
    case 'first-response':
      return giveUp(state, event, 'no response');
    case 'progress':
      return giveUp(state, event, 'no progress after 100');
    case 'ring':
      return state.current?.progress === 'ringing'
        ? fail(state, 'callee-did-not-answer', [])
        : ignored(state, event);
    case 'last-answer':
      return state.current === undefined
        ? fail(state, 'gateways-exhausted', [])
        : ignored(state, event);
    case 'announcement':
      return announcementOver(state, event);
    case 'glare':
      return ignored(state, event);
    default:
      return never(event.name);
  }
}

/** The attempt that may ring for the caller now, and those that no longer matter. */
function choose(
  { current, fading }: Dialing,
  attempt: number,
): { readonly attempt: Attempt; readonly others: readonly Attempt[] } | undefined {
  if (current?.number === attempt) return { attempt: current, others: fading };
  const faded = fading.find(({ number }) => number === attempt);
  if (faded === undefined || faded.cancel === 'asked') return undefined;
  const others = fading.filter((other) => other !== faded);
  return { attempt: faded, others: current === undefined ? others : [current, ...others] };
}

/** No INVITE has left for that attempt; another one may ring by now. */
function unanchored(state: Dialing, { attempt, reason, at }: EventOf<'media-failed'>): Transition {
  const facts = withOutcome(state.facts, attempt, MEDIA_FAILED, reason);
  if (state.current?.number === attempt)
    return fail({ ...state, facts, current: undefined }, 'media-failed', []);
  const fading = state.fading.filter(({ number }) => number !== attempt);
  return settle({ ...state, facts, fading }, at, []);
}

/** The state with one attempt's progress noted; undefined when the attempt is not among us. */
function hear(state: Dialing, attempt: number, progress: 'trying'): Dialing | undefined {
  const note = (one: Attempt): Attempt =>
    one.number === attempt && one.progress === 'silent' ? { ...one, progress } : one;
  const { current, fading } = state;
  const known = current?.number === attempt || fading.some(({ number }) => number === attempt);
  if (!known) return undefined;
  return {
    ...state,
    current: current === undefined ? undefined : note(current),
    fading: fading.map(note),
  };
}
