import { NO_OCTETS } from '../../base/brands.ts';
import type { RequestId } from '../../sip/ids.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { DialogName, Effect } from '../effects.ts';
import type { EventOf } from '../events.ts';
import type { Facts } from '../facts.ts';
import { crossing } from '../header-plans.ts';
import type { AskedWithin, Bridge, Side } from '../state.ts';

type Says = Omit<Extract<Effect, { do: 'reply' }>, 'do' | 'dialog' | 'request'>;

export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}

/** What crosses of a request within a dialog. */
export function crossingOf({ emergency }: Facts, event: EventOf<'asked'>): AskedWithin {
  const { side, request, method, maxForwards, headers, body } = event;
  const crossed = crossing(headers, emergency);
  return { side, request, method, maxForwards: maxForwards - 1, headers: crossed, body };
}

/** The request goes on to the other side, under the same name. */
export function askOther(bridge: Bridge, asked: AskedWithin): Effect {
  const { request, method, maxForwards, headers, body } = asked;
  const content = { request, method, maxForwards, headers, body };
  return { do: 'ask', dialog: dialogOf(bridge, otherSide(asked.side)), ...content };
}

export function replyTo(bridge: Bridge, side: Side, request: RequestId, says: Says): Effect {
  return { do: 'reply', dialog: dialogOf(bridge, side), request, ...says };
}

/** An answer of our own, whatever dialog the request came in. */
export function refuse({ side, attempt, tag, request }: EventOf<'asked'>, status: number): Effect {
  const dialog: DialogName = side === 'a' ? { side, fork: 0 } : { side, attempt, tag };
  const reason = reasonPhrase(status);
  return { do: 'reply', dialog, request, status, reason, headers: [], body: NO_OCTETS };
}

/** Whether an event of a dialog is one of the dialogs that talk to each other. */
export function isBridged(
  bridge: Bridge,
  { side, attempt, tag }: EventOf<'asked'> | EventOf<'replied'>,
): boolean {
  return side === 'a' || (attempt === bridge.attempt && tag === bridge.tag);
}

export function dialogOf({ fork, attempt, tag }: Bridge, side: Side): DialogName {
  return side === 'a' ? { side, fork } : { side, attempt, tag };
}
