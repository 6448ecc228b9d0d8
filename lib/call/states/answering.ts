import { never } from '../../base/never.ts';
import type { Effect } from '../effects.ts';
import type { CallEvent, EventOf } from '../events.ts';
import { isLateOffer } from '../facts.ts';
import { crossing } from '../header-plans.ts';
import { withDoor, withTime } from '../notes.ts';
import type { Answering } from '../state.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { ownReply } from './asks.ts';
import { hangUpBoth, stepBridged } from './bridged.ts';
import { refuseJoin } from './replacing.ts';

/** Our 2xx is out and its ACK is owed. */
export function stepAnswering(state: Answering, event: CallEvent): Transition {
  const bridged = stepBridged(state, event);
  if (bridged !== undefined) return bridged;
  switch (event.on) {
    case 'a-acknowledged':
      return acknowledged(state, event);
    case 'a-unacknowledged':
      return unacknowledged(state);
    case 'asked':
      return transition(state, [ownReply(event, 491)]);
    case 'b-joins':
      return refuseJoin(state, event, 491);
    case 'a-cancelled':
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

function acknowledged(state: Answering, event: EventOf<'a-acknowledged'>): Transition {
  const { bridge, fading } = state;
  const facts = withDoor(withTime(state.facts, 'acked', event.at), event.door);
  const { attempt, tag } = bridge;
  const ack: Effect[] = isLateOffer(facts, bridge.fork)
    ? [
        {
          do: 'ack-b',
          attempt,
          tag,
          headers: crossing(event.headers, facts.emergency),
          body: event.body,
        },
      ]
    : [];
  return transition({ tag: 'talking', facts, fading, bridge }, ack);
}

/** A missing ACK alone never ends an emergency call; a late offer without it has no media. */
function unacknowledged(state: Answering): Transition {
  const { facts, fading, bridge } = state;
  if (facts.emergency && !isLateOffer(facts, bridge.fork)) {
    return transition({ tag: 'talking', facts, fading, bridge }, []);
  }
  return hangUpBoth(state, 'caller-never-acknowledged', 408);
}
