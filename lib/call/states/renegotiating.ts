import { NO_OCTETS } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Effect } from '../effects.ts';
import type { CallEvent, EventOf } from '../events.ts';
import { crossing } from '../header-plans.ts';
import type { Renegotiating } from '../state.ts';
import type { EndReason } from '../termination.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { askOther, dialogOf, otherSide, refuse, replyTo } from './asks.ts';
import { hangUpBoth, stepBridged } from './bridged.ts';

/** Glare that has not cleared by then is passed on to who asked. */
const RETRIES_MAX = 4;

/** One side has sent a re-INVITE, and the other has not yet agreed or is not yet told. */
export function stepRenegotiating(state: Renegotiating, event: CallEvent): Transition {
  const bridged = stepBridged(state, event);
  if (bridged !== undefined) return bridged;
  switch (event.on) {
    case 'asked':
      return transition(state, [refuse(event, 491)]);
    case 'replied':
      return replied(state, event);
    case 'confirmed':
      return confirmed(state, event);
    case 'unconfirmed':
      return unconfirmed(state, event);
    case 'timer':
      return timedOut(state, event);
    case 'a-cancelled':
    case 'a-acknowledged':
    case 'a-unacknowledged':
    case 'a-hung-up':
    case 'a-declined':
    case 'b-trying':
    case 'b-ringing':
    case 'b-answered':
    case 'b-refused':
    case 'b-hung-up':
    case 'b-declined':
    case 'shutdown':
      return ignored(state, event);
    default:
      return never(event);
  }
}

function replied(state: Renegotiating, event: EventOf<'replied'>): Transition {
  const { asked, waitsFor } = state;
  if (event.request !== asked.request || waitsFor !== 'answer') return ignored(state, event);
  const { status } = event;
  if (status < 200) return transition(state, [pass(state, event)]);
  if (status < 300) return agreed(state, event);
  if (status === 491 && state.retries < RETRIES_MAX) {
    const waiting = { ...state, waitsFor: 'turn' as const, retries: state.retries + 1 };
    // The Call-ID of leg b is ours, that of leg a is the caller's.
    const ownsCallId = otherSide(asked.side) === 'b';
    return transition(waiting, [{ do: 'set-glare-timer', ownsCallId }]);
  }
  const passed = pass(state, event);
  const isLost = status === 481 || (status === 408 && !state.facts.emergency);
  if (!isLost) return transition(settled(state), [passed]);
  const { state: ended, effects } = hangUpBoth(state, LOST[otherSide(asked.side)], status);
  return transition(ended, [passed, ...effects]);
}

/** A far end that does not know the dialog, or says nothing, has left it. [3261-14.1] */
const LOST: Readonly<Record<'a' | 'b', EndReason>> = {
  a: 'caller-lost',
  b: 'gateway-lost',
};

/** A late offer waits for the ACK of who asked; otherwise the answer is acknowledged at once. */
function agreed(state: Renegotiating, event: EventOf<'replied'>): Transition {
  const ack: Effect[] = state.asked.body === '' ? [] : [ackOther(state, [], NO_OCTETS)];
  return transition({ ...state, waitsFor: 'ack' }, [pass(state, event), ...ack]);
}

function pass({ facts, asked, bridge }: Renegotiating, event: EventOf<'replied'>): Effect {
  const { status, reason, headers, body } = event;
  const says = { status, reason, headers: crossing(headers, facts.emergency), body };
  return replyTo(bridge, asked.side, asked.request, says);
}

function ackOther(
  { asked, bridge }: Renegotiating,
  headers: EventOf<'confirmed'>['headers'],
  body: EventOf<'confirmed'>['body'],
): Effect {
  const dialog = dialogOf(bridge, otherSide(asked.side));
  return { do: 'confirm', dialog, request: asked.request, headers, body };
}

function confirmed(state: Renegotiating, event: EventOf<'confirmed'>): Transition {
  const { asked, waitsFor, facts } = state;
  if (event.request !== asked.request || waitsFor !== 'ack') return ignored(state, event);
  const headers = crossing(event.headers, facts.emergency);
  const ack = asked.body === '' ? [ackOther(state, headers, event.body)] : [];
  return transition(settled(state), ack);
}

/** A missing ACK alone never ends an emergency call, here as after the first answer. */
function unconfirmed(state: Renegotiating, event: EventOf<'unconfirmed'>): Transition {
  const { asked, waitsFor, facts } = state;
  if (event.request !== asked.request || waitsFor !== 'ack') return ignored(state, event);
  const ack = asked.body === '' ? [ackOther(state, [], NO_OCTETS)] : [];
  if (facts.emergency) return transition(settled(state), ack);
  const why = asked.side === 'a' ? 'caller-never-acknowledged' : 'gateway-lost';
  const { state: ended, effects } = hangUpBoth(state, why, 408);
  return transition(ended, [...ack, ...effects]);
}

/** The glare has had its time to clear: the same request once more. [3261-14.1] */
function timedOut(state: Renegotiating, event: EventOf<'timer'>): Transition {
  if (event.name !== 'glare' || state.waitsFor !== 'turn') return ignored(state, event);
  return transition({ ...state, waitsFor: 'answer' }, [askOther(state.bridge, state.asked)]);
}

function settled({ facts, fading, bridge }: Renegotiating) {
  return { tag: 'talking' as const, facts, fading, bridge };
}
