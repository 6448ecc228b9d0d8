import type { MonoMs } from '../base/brands.ts';
import { never } from '../base/never.ts';
import type { CallEvent, Door } from '../call/events.ts';
import type { LegEvent, ReceivedOn } from '../ports/sip-engine.ts';
import type { Tag } from '../sip/ids.ts';
import { reasonPhrase } from '../sip/status.ts';
import { forkOf, type LiveCall } from './live-call.ts';

/** What a leg says in the words of the core; undefined: that leg cannot say it. */
export function fromLeg(
  call: LiveCall,
  attempt: number,
  event: LegEvent,
  at: MonoMs,
): CallEvent | undefined {
  return attempt === 0 ? fromLegA(call, event, at) : fromLegB(event, attempt, at);
}

function fromLegA(call: LiveCall, event: LegEvent, at: MonoMs): CallEvent | undefined {
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
    case 'expired':
      return { on: 'a-expired', at, status: event.status };
    case 'declined':
      return { on: 'a-declined', at, door: doorOf(event.receivedOn) };
    case 'asked':
      return { at, door: doorOf(event.receivedOn), ...event, dialog: dialogA(event.tag) };
    case 'retracted':
    case 'replied':
    case 'confirmed':
    case 'unconfirmed':
      return { at, ...event, dialog: dialogA(event.tag) };
    case 'trying':
    case 'ringing':
    case 'answered':
    case 'refused':
    case 'lost':
      return undefined;
    default:
      return never(event);
  }

  function dialogA(tag: Tag) {
    return { side: 'a', fork: forkOf(call, tag) } as const;
  }
}

function fromLegB(event: LegEvent, attempt: number, at: MonoMs): CallEvent | undefined {
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
    case 'expired':
      return { at, attempt, ...event, on: 'b-expired' };
    case 'declined':
      return { on: 'b-declined', at, attempt };
    case 'asked':
      return { at, door: undefined, ...event, dialog: { side: 'b', attempt, tag: event.tag } };
    case 'retracted':
    case 'replied':
    case 'confirmed':
    case 'unconfirmed':
      return { at, ...event, dialog: { side: 'b', attempt, tag: event.tag } };
    case 'lost':
      return { on: 'b-lost', at, attempt, tag: event.tag };
    // The rest is of a leg that the gateway itself began.
    case 'cancelled': {
      const { headers, body } = event;
      const says = { status: 487, reason: reasonPhrase(487), cause: 'response' } as const;
      return { on: 'b-refused', at, attempt, ...says, headers, body };
    }
    case 'unacknowledged':
      return { on: 'b-expired', at, attempt, tag: event.tag, status: 408 };
    case 'acknowledged':
      return undefined;
    default:
      return never(event);
  }
}

function doorOf({ listener }: ReceivedOn): Door {
  return listener.role;
}
