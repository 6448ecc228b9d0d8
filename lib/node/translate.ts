import type { MonoMs } from '../base/brands.ts';
import { never } from '../base/never.ts';
import type { CallEvent, Door } from '../call/events.ts';
import type { LegEvent, ReceivedOn } from '../ports/sip-engine.ts';

/** An event of leg a in the words of the core; undefined: leg a cannot say that. */
export function fromLegA(event: LegEvent, at: MonoMs): CallEvent | undefined {
  switch (event.on) {
    case 'cancelled':
      return { on: 'a-cancelled', at, headers: event.headers, body: event.body };
    case 'acknowledged': {
      const { headers, body } = event;
      return { on: 'a-acknowledged', at, headers, body, door: doorOf(event.receivedOn) };
    }
    case 'unacknowledged':
      return { on: 'a-unacknowledged', at };
    case 'hung-up': {
      const { headers, body } = event;
      return { on: 'a-hung-up', at, headers, body, door: doorOf(event.receivedOn) };
    }
    case 'declined':
      return { on: 'a-declined', at, door: doorOf(event.receivedOn) };
    case 'asked':
      return { side: 'a', attempt: 0, at, door: doorOf(event.receivedOn), ...event };
    case 'retracted':
    case 'replied':
    case 'confirmed':
    case 'unconfirmed':
      return { side: 'a', attempt: 0, at, ...event };
    case 'trying':
    case 'ringing':
    case 'answered':
    case 'refused':
    case 'lost':
      return undefined;
    default:
      return never(event);
  }
}

/** An event of leg b in the words of the core; undefined: leg b cannot say that. */
export function fromLegB(event: LegEvent, attempt: number, at: MonoMs): CallEvent | undefined {
  switch (event.on) {
    case 'trying':
      return { on: 'b-trying', at, attempt };
    case 'ringing':
      return { at, attempt, ...event, on: 'b-ringing' };
    case 'answered':
      return { at, attempt, ...event, on: 'b-answered' };
    case 'refused':
      return { at, attempt, ...event, on: 'b-refused' };
    case 'hung-up': {
      const { tag, headers, body } = event;
      return { on: 'b-hung-up', at, attempt, tag, headers, body };
    }
    case 'declined':
      return { on: 'b-declined', at, attempt };
    case 'asked':
      return { side: 'b', attempt, at, door: undefined, ...event };
    case 'retracted':
    case 'replied':
    case 'confirmed':
    case 'unconfirmed':
      return { side: 'b', attempt, at, ...event };
    case 'lost':
      return { on: 'b-lost', at, attempt, tag: event.tag };
    case 'cancelled':
    case 'acknowledged':
    case 'unacknowledged':
      return undefined;
    default:
      return never(event);
  }
}

function doorOf({ listener }: ReceivedOn): Door {
  return listener.role;
}
