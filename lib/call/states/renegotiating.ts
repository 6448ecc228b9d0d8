import { NO_OCTETS } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { Effect } from '../effects.ts';
import type { CallEvent, EventOf } from '../events.ts';
import { crossing, reasonsOf } from '../header-plans.ts';
import type { Renegotiating } from '../state.ts';
import type { EndReason } from '../termination.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { askOther, dialogOf, GLARES_MAX, otherSide, ownReply, passBack, replyTo } from './asks.ts';
import { hangUpBoth, stepBridged } from './bridged.ts';
import { refuseJoin } from './replacing.ts';

/** One side has sent a re-INVITE, and the other has not yet agreed or is not yet told. */
export function stepRenegotiating(state: Renegotiating, event: CallEvent): Transition {
  const bridged = stepBridged(state, event);
  if (bridged !== undefined) return bridged;
  switch (event.on) {
    case 'asked':
      return transition(state, [ownReply(event, 491)]);
    case 'b-joins':
      return refuseJoin(state, event, 491);
    case 'retracted':
      return retracted(state, event);
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
    case 'shutdown':
      return ignored(state, event);
    default:
      return never(event);
  }
}

/**
 * What is taken back gets the far end's last word, be it 487 or a 2xx that crosses the CANCEL: both
 * sides must agree on what the session is. [3261-9.1] [3261-14.1]
 */
function retracted(state: Renegotiating, event: EventOf<'retracted'>): Transition {
  const { asked, bridge, waitsFor } = state;
  const { request, side } = asked;
  if (event.request !== request) return ignored(state, event);
  switch (waitsFor) {
    case 'answer': {
      const dialog = dialogOf(bridge, otherSide(side));
      const headers = reasonsOf(event.headers);
      const retract: Effect = { do: 'retract', dialog, request, headers };
      return transition({ ...state, waitsFor: 'last-word' }, [retract]);
    }
    case 'turn': {
      const says = { status: 487, reason: reasonPhrase(487), headers: [], body: NO_OCTETS };
      const reply = replyTo(bridge, side, request, says);
      return transition(settled(state), [{ do: 'clear-timer' }, reply]);
    }
    case 'last-word':
      return ignored(state, event);
    case 'ack':
      return ignored(state, event);
    default:
      return never(waitsFor);
  }
}

function replied(state: Renegotiating, event: EventOf<'replied'>): Transition {
  const { asked, waitsFor } = state;
  const isAwaited = waitsFor === 'answer' || waitsFor === 'last-word';
  if (event.request !== asked.request || !isAwaited) return ignored(state, event);
  const { status } = event;
  if (status < 200) return transition(state, [pass(state, event)]);
  if (status < 300) return agreed(state, event);
  if (status === 491 && waitsFor === 'answer' && state.retries < GLARES_MAX) {
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
  return passBack(dialogOf(bridge, asked.side), facts, event);
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
