import { type MonoMs, NO_OCTETS } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { Effect } from '../effects.ts';
import type { CallEvent, EventOf } from '../events.ts';
import { withSpeaker } from '../forks.ts';
import { crossing } from '../header-plans.ts';
import { withOutcome } from '../notes.ts';
import { tellReferrer } from '../refer-news.ts';
import type { Talking, Transferring } from '../state.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { dialogOf, GLARES_MAX, ownReply } from './asks.ts';
import { hangUpBoth, stepBridged } from './bridged.ts';
import { outcomeOf } from './hunting.ts';
import {
  acceptOf,
  askForOffer,
  giveUp,
  offerToCaller,
  place,
  refuseJoin,
  requestOf,
  withRefusal,
} from './replacing.ts';

/**
 * One gateway is to take the place of another one. The caller talks with the former until it has
 * agreed to the latter, and nothing that goes wrong on the way ends the call while that one is up.
 */
export function stepTransferring(state: Transferring, event: CallEvent): Transition {
  const own = ofTransfer(state, event);
  if (own !== undefined) return own;
  const bridged = stepBridged(state, event);
  if (bridged !== undefined) return bridged;
  switch (event.on) {
    case 'asked':
      return transition(state, [ownReply(event, 491)]);
    case 'b-joins':
      return refuseJoin(state, event, 491);
    case 'a-cancelled':
    case 'a-acknowledged':
    case 'a-unacknowledged':
    case 'a-hung-up':
    case 'a-expired':
    case 'a-declined':
    case 'b-trying':
    case 'b-ringing':
    case 'b-answered':
    case 'b-refused':
    case 'b-hung-up':
    case 'b-expired':
    case 'b-lost':
    case 'media-failed':
    case 'yielded':
    case 'announced':
    case 'announcement-over':
    case 'b-declined':
    case 'retracted':
    case 'replied':
    case 'confirmed':
    case 'unconfirmed':
    case 'timer':
    case 'shutdown':
      return ignored(state, event);
    default:
      return never(event);
  }
}

/** What concerns who is to take over. Undefined: it is a matter of the call as before. */
function ofTransfer(state: Transferring, event: CallEvent): Transition | undefined {
  const { transfer } = state;
  switch (event.on) {
    case 'b-trying':
      return event.attempt === transfer.invited?.number ? heard(state, 'trying', []) : undefined;
    case 'b-ringing':
      return event.attempt === transfer.invited?.number ? ringing(state, event) : undefined;
    case 'b-answered':
      return event.attempt === transfer.invited?.number ? answered(state, event) : undefined;
    case 'b-refused':
      return event.attempt === transfer.attempt ? refused(state, event) : undefined;
    case 'b-hung-up':
      return hungUp(state, event);
    case 'asked':
      return state.hasLeft && event.dialog.side === 'a'
        ? transition(state, [ownReply(event, 480)])
        : undefined;
    case 'replied':
      return event.request === requestOf(transfer) ? replied(state, event) : undefined;
    case 'timer':
      return timedOut(state, event);
    default:
      return undefined;
  }
}

function heard(
  state: Transferring,
  progress: 'trying' | 'ringing',
  effects: readonly Effect[],
): Transition {
  const { transfer, facts } = state;
  const { invited } = transfer;
  if (invited === undefined || invited.progress === 'ringing') return transition(state, effects);
  const { gateway } = invited.target;
  return transition({ ...state, transfer: { ...transfer, invited: { ...invited, progress } } }, [
    { do: 'note-gateway', gateway, outcome: 'alive' },
    { do: 'set-timer', name: 'ring', delayMs: facts.rules.ringTimeoutMs },
    ...effects,
  ]);
}

function ringing(state: Transferring, { status, reason }: EventOf<'b-ringing'>): Transition {
  return heard(state, 'ringing', news(state, status, reason));
}

/** Who sent the REFER is told, as long as it is there. */
function news(
  { bridge, transfer: { refer }, hasLeft }: Transferring,
  status: number,
  reason: string,
): Effect[] {
  if (refer === undefined || hasLeft) return [];
  return [tellReferrer(dialogOf(bridge, 'b'), refer, status, reason)];
}

function answered(state: Transferring, event: EventOf<'b-answered'>): Transition {
  const { attempt, tag, status, reason, headers, body } = event;
  const { transfer } = state;
  const facts = withOutcome(state.facts, attempt, status, reason);
  const answering = { ...transfer, invited: undefined, tag };
  const before: Effect[] = [{ do: 'clear-timer' }];
  // Without an offer there is nothing that the caller could agree to.
  if (body === '') return failed({ ...state, facts, transfer: answering }, event.at, 488, before);
  const open = { ...answering, offer: { headers, body } };
  return offerToCaller({ ...state, facts, transfer: open }, before);
}

/** A final answer that is no 2xx; or its own INVITE is taken back. */
function refused(state: Transferring, event: EventOf<'b-refused'>): Transition {
  const { attempt, status, reason, cause } = event;
  const { transfer } = state;
  const { invited } = transfer;
  const facts = withOutcome(state.facts, attempt, status, reason);
  if (invited === undefined) {
    return gone({ ...state, facts }, event.at, [{ do: 'reject-b', attempt, status: 487 }]);
  }
  const { gateway } = invited.target;
  const over = { ...state, facts, transfer: { ...transfer, invited: undefined } };
  return failed(over, event.at, status, [
    { do: 'clear-timer' },
    { do: 'note-gateway', gateway, outcome: outcomeOf(cause, status) },
  ]);
}

/** Undefined: it ends the call. */
function hungUp(state: Transferring, { attempt, tag, at }: EventOf<'b-hung-up'>) {
  const { bridge, transfer } = state;
  if (transfer.by === 'stayed') return undefined;
  if (attempt === transfer.attempt && tag === transfer.tag) return gone(state, at, []);
  if (attempt !== bridge.attempt || tag !== bridge.tag) return undefined;
  return transition({ ...state, hasLeft: true }, []);
}

/** Who was to take over is there no more; the caller may be about to agree to it. */
function gone(state: Transferring, at: MonoMs, before: readonly Effect[]): Transition {
  const transfer = { ...state.transfer, isGone: true };
  if (transfer.waitsFor === 'answer') return transition({ ...state, transfer }, before);
  return failed({ ...state, transfer }, at, 487, [...before, { do: 'clear-timer' }]);
}

function replied(state: Transferring, event: EventOf<'replied'>): Transition {
  const { transfer } = state;
  const { status } = event;
  if (status < 200) return transition(state, []);
  const isOffer = event.dialog.side === 'b';
  if (isOffer) return offered(state, event);
  if (transfer.waitsFor !== 'answer') return ignored(state, event);
  if (status < 300) return agreed(state, event);
  // The Call-ID of leg a is the caller's.
  if (mayTakeTurn(state, status)) return takesTurn(state, false);
  return failed(state, event.at, status, []);
}

function mayTakeTurn({ transfer }: Transferring, status: number): boolean {
  return status === 491 && transfer.retries < GLARES_MAX && !transfer.isGone;
}

/** Glare: the same once more, when it has had its time to clear. [3261-14.1] */
function takesTurn(state: Transferring, ownsCallId: boolean): Transition {
  const retries = state.transfer.retries + 1;
  const transfer = { ...state.transfer, waitsFor: 'turn', retries } as const;
  return transition({ ...state, transfer }, [{ do: 'set-glare-timer', ownsCallId }]);
}

/** Who talked before makes the offer that the caller needs again. */
function offered(state: Transferring, event: EventOf<'replied'>): Transition {
  const { status, headers, body } = event;
  const { transfer } = state;
  if (transfer.waitsFor !== 'offer') return ignored(state, event);
  if (status < 300) {
    return offerToCaller({ ...state, transfer: { ...transfer, offer: { headers, body } } }, []);
  }
  // The Call-ID of leg b is ours.
  if (mayTakeTurn(state, status)) return takesTurn(state, true);
  return hangUpBoth(talkingAsBefore(state), 'transfer-failed', status);
}

/** The caller's answer makes the bridge; who talked before is not needed any more. */
function agreed(state: Transferring, event: EventOf<'replied'>): Transition {
  const { facts, fading, bridge, transfer, hasLeft } = state;
  const confirmed: Effect = {
    do: 'confirm',
    dialog: dialogOf(bridge, 'a'),
    request: event.request,
    headers: [],
    body: NO_OCTETS,
  };
  if (transfer.isGone) return takenBack(state, event.at, confirmed);
  const { by, attempt, tag = bridge.tag } = transfer;
  const accepted = acceptOf(state, crossing(event.headers, facts.emergency), event.body);
  const leaves: Effect[] =
    hasLeft || by === 'stayed'
      ? []
      : [{ do: 'bye-b', attempt: bridge.attempt, tag: bridge.tag, headers: [] }];
  const told = by === 'came' ? withOutcome(facts, attempt, 200, reasonPhrase(200)) : facts;
  return transition({ tag: 'talking', facts: told, fading, bridge: { ...bridge, attempt, tag } }, [
    confirmed,
    accepted,
    ...news(state, 200, reasonPhrase(200)),
    ...leaves,
  ]);
}

/** The caller has agreed to one who is gone: it is led back to who talked before. */
function takenBack(state: Transferring, at: MonoMs, confirmed: Effect): Transition {
  const after = failed(state, at, 487, [confirmed]);
  if (after.state.tag !== 'talking') return after;
  const asked = askForOffer(after.state);
  return transition(asked.state, [...after.effects, ...asked.effects]);
}

/**
 * Nothing comes of it, and the call goes on as before, if there is anybody to go on with; if not,
 * an emergency call is offered to the gateways that it had first.
 */
function failed(
  state: Transferring,
  at: MonoMs,
  status: number,
  before: readonly Effect[],
): Transition {
  const { transfer, hasLeft } = state;
  const { fading: given, effects } = giveUp(state, status);
  const facts = withRefusal(state, status);
  const left = { ...state, facts, fading: [...state.fading, ...given] };
  const told = [...before, ...effects, ...news(state, status, reasonPhrase(status))];
  if (!hasLeft) return transition(talkingAsBefore(left), told);
  const [target, ...next] = state.next;
  if (target !== undefined) return place({ ...left, next }, { target, refer: undefined, at }, told);
  const nobody = { ...left, transfer: { ...transfer, invited: undefined, tag: undefined } };
  const { state: ended, effects: last } = hangUpBoth(nobody, 'transfer-failed', status);
  return transition(ended, [...told, ...last]);
}

function talkingAsBefore({ facts, fading, bridge }: Transferring): Talking {
  const { fork, attempt, tag } = bridge;
  return { tag: 'talking', facts: withSpeaker(facts, fork, attempt, tag), fading, bridge };
}

function timedOut(state: Transferring, event: EventOf<'timer'>): Transition | undefined {
  const { transfer } = state;
  const { invited, waitsFor, attempt } = transfer;
  if (event.name === 'glare' && waitsFor === 'turn') {
    if (transfer.offer.body === '') return askForOffer(state, transfer.retries);
    return offerToCaller(state, []);
  }
  const isDue = event.name === 'first-response' || event.name === 'ring';
  if (!isDue || invited === undefined) return undefined;
  const isSilent = invited.progress === 'silent';
  const { gateway } = invited.target;
  const facts = withOutcome(state.facts, attempt, 408, isSilent ? 'no response' : 'no answer');
  return failed(
    { ...state, facts },
    event.at,
    408,
    isSilent ? [{ do: 'note-gateway', gateway, outcome: 'silent' }] : [],
  );
}
