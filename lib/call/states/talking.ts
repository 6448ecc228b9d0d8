import { never } from '../../base/never.ts';
import type { CallEvent, EventOf } from '../events.ts';
import { withDoor, withTime } from '../notes.ts';
import type { Talking } from '../state.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { askOther, crossingOf, isForUs } from './asks.ts';
import { stepBridged } from './bridged.ts';
import { joins, refer } from './replacing.ts';

/** Both legs are up. */
export function stepTalking(state: Talking, event: CallEvent): Transition {
  const bridged = stepBridged(state, event);
  if (bridged !== undefined) return bridged;
  switch (event.on) {
    case 'a-acknowledged': {
      const facts = withDoor(withTime(state.facts, 'acked', event.at), event.door);
      return transition({ ...state, facts }, []);
    }
    case 'asked':
      return isForUs(state.facts, event) ? refer(state, event) : renegotiate(state, event);
    case 'b-joins':
      return joins(state, event);
    case 'a-cancelled':
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

/** A re-INVITE crosses; until it is settled no other one begins. [3261-14.1] */
function renegotiate(state: Talking, event: EventOf<'asked'>): Transition {
  const { facts, fading, bridge } = state;
  const asked = crossingOf(facts, event);
  return transition(
    { tag: 'renegotiating', facts, fading, bridge, asked, waitsFor: 'answer', retries: 0 },
    [askOther(bridge, asked)],
  );
}
