import { NO_OCTETS } from '../../base/brands.ts';
import type { Header } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { reasonHeader } from '../../sip/warning.ts';
import type { Effect } from '../effects.ts';
import type { CallEvent, EventOf } from '../events.ts';
import { isLateOffer } from '../facts.ts';
import { stepFading } from '../fading.ts';
import { reasonsOf } from '../header-plans.ts';
import { withDoor } from '../notes.ts';
import { REFER_NEWS } from '../refer-news.ts';
import type { Answering, Renegotiating, Talking, Transferring } from '../state.ts';
import { type EndReason, terminated } from '../termination.ts';
import { type Transition, transition } from '../transition.ts';
import {
  askOther,
  crossingOf,
  dialogOf,
  isBridged,
  isForUs,
  otherSide,
  ownReply,
  passBack,
} from './asks.ts';
import { repliedEarly } from './early.ts';
import { giveUp } from './replacing.ts';

/** The cause in the BYE of a call whose other leg is gone. */
const LOST = 503;

type Bridged = Answering | Talking | Renegotiating | Transferring;

/** What an answered call does alike before and after the ACK. Undefined: nothing of that. */
export function stepBridged(state: Bridged, event: CallEvent): Transition | undefined {
  const { bridge } = state;
  const faded = stepFading(state, bridge, event);
  if (faded !== undefined) {
    const { facts, fading, effects } = faded;
    return transition({ ...state, facts, fading }, effects);
  }
  switch (event.on) {
    case 'a-hung-up': {
      const moved = { ...state, facts: withDoor(state.facts, event.door) };
      const reasons = reasonsOf(event.headers);
      const byes = hangUpB(state, reasons);
      return endBridge(moved, 'caller-hung-up', [...ackOwed(state), ...byes]);
    }
    case 'b-hung-up': {
      if (event.attempt !== bridge.attempt || event.tag !== bridge.tag) return undefined;
      const reasons = reasonsOf(event.headers);
      const bye: Effect = { do: 'bye-a', fork: bridge.fork, headers: reasons };
      return endBridge(state, 'callee-hung-up', [bye]);
    }
    case 'a-expired':
      return expired(state, 'caller-lost', event.status);
    case 'b-expired':
      if (event.attempt !== bridge.attempt || event.tag !== bridge.tag) return undefined;
      return expired(state, 'gateway-lost', event.status);
    case 'b-lost': {
      if (event.attempt !== bridge.attempt || event.tag !== bridge.tag) return undefined;
      const reasons = [reasonHeader(LOST, reasonPhrase(LOST))];
      return endBridge(state, 'engine-lost', [
        { do: 'bye-a', fork: bridge.fork, headers: reasons },
      ]);
    }
    case 'asked':
      return asked(state, event);
    case 'replied':
      return replied(state, event);
    case 'a-declined':
      return transition({ ...state, facts: withDoor(state.facts, event.door) }, []);
    case 'b-declined':
      return transition(state, []);
    case 'shutdown':
      return hangUpBoth(state, 'hung-up-at-shutdown', 503);
    default:
      return undefined;
  }
}

/** Whatever asks for nothing of the session just crosses. Undefined: it does not. */
function asked(state: Bridged, event: EventOf<'asked'>): Transition | undefined {
  if (!isBridged(state.bridge, event)) return transition(state, [ownReply(event, 481)]);
  const { door } = event;
  const facts = door === undefined ? state.facts : withDoor(state.facts, door);
  if (event.method === 'INVITE' || isForUs(facts, event) || waits(state, event)) return undefined;
  const next = { ...state, facts };
  return transition(next, [askOther(state.bridge, crossingOf(facts, event))]);
}

/** What offers anything while the caller is offered another gateway. [3311-5.2] */
function waits({ tag }: Bridged, { method, body }: EventOf<'asked'>): boolean {
  return tag === 'transferring' && method === 'UPDATE' && body !== '';
}

/** Who does not keep its session alive has left it; that alone ends no emergency call. [4028-10] */
function expired(state: Bridged, why: EndReason, status: number): Transition {
  return state.facts.emergency ? transition(state, []) : hangUpBoth(state, why, status);
}

/** The answer goes back to who asked. Undefined: it is that to a re-INVITE. */
function replied(state: Bridged, event: EventOf<'replied'>): Transition | undefined {
  const { bridge, facts } = state;
  if (event.request === REFER_NEWS) return transition(state, []);
  if (!isBridged(bridge, event)) {
    return repliedEarly(state, event) ?? repliedByFormer(state, event);
  }
  if (state.tag === 'renegotiating' && event.request === state.asked.request) return undefined;
  return transition(state, [
    passBack(dialogOf(bridge, otherSide(event.dialog.side)), facts, event),
  ]);
}

/**
 * A gateway that talks no more still owes the caller its answers; but its SDP is for a session that
 * is over, so what asked for that has to be asked again. Undefined: it is not of the gateway.
 */
function repliedByFormer(state: Bridged, event: EventOf<'replied'>): Transition | undefined {
  if (event.dialog.side === 'a') return undefined;
  const dialog = dialogOf(state.bridge, 'a');
  if (event.body === '') return transition(state, [passBack(dialog, state.facts, event)]);
  return transition(state, [ownReply({ ...event, dialog }, 491)]);
}

/** Ends an answered call on both legs, and says why in both BYEs. [3326-2] */
export function hangUpBoth(state: Bridged, why: EndReason, cause: number): Transition {
  const headers = [reasonHeader(cause, reasonPhrase(cause))];
  return endBridge(state, why, [
    { do: 'bye-a', fork: state.bridge.fork, headers },
    ...ackOwed(state),
    ...hangUpB(state, headers),
  ]);
}

const NOTHING_OPEN = { fading: [], effects: [] };

function endBridge(state: Bridged, why: EndReason, effects: readonly Effect[]): Transition {
  const { facts, fading } = state;
  const termination = terminated(why, 200);
  const hasTimer = state.tag === 'renegotiating' || state.tag === 'transferring';
  const unset = hasTimer ? [{ do: 'clear-timer' as const }] : [];
  const given = state.tag === 'transferring' ? giveUp(state) : NOTHING_OPEN;
  const left = [...fading, ...given.fading];
  return transition({ tag: 'ended', facts, fading: left, termination }, [
    ...unset,
    ...given.effects,
    ...effects,
    { do: 'end', termination },
    ...(left.length === 0 ? [{ do: 'forget' as const }] : []),
  ]);
}

/** No BYE before the ACK: a late offer's ACK is still owed to the gateway. [3261-15] */
function ackOwed(state: Bridged): Effect[] {
  if (state.tag !== 'answering' || !isLateOffer(state.facts, state.bridge.fork)) return [];
  return [{ do: 'ack-b', ...legB(state), headers: [], body: NO_OCTETS }];
}

/** Who has hung up itself is not told. */
function hangUpB(state: Bridged, headers: readonly Header[]): Effect[] {
  if (state.tag === 'transferring' && state.hasLeft) return [];
  return [{ do: 'bye-b', ...legB(state), headers }];
}

function legB({ bridge }: Bridged): { attempt: number; tag: Bridged['bridge']['tag'] } {
  return { attempt: bridge.attempt, tag: bridge.tag };
}
