import { NO_OCTETS } from '../../base/brands.ts';
import type { RequestId } from '../../sip/ids.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { Effect } from '../effects.ts';
import type { EventOf } from '../events.ts';
import type { Facts } from '../facts.ts';
import { crossing } from '../header-plans.ts';
import type { AskedWithin, Bridge, DialogName, Side } from '../state.ts';

type Says = Omit<Extract<Effect, { do: 'reply' }>, 'do' | 'dialog' | 'request'>;

export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}

/** What crosses of a request within a dialog. */
export function crossingOf({ emergency }: Facts, event: EventOf<'asked'>): AskedWithin {
  const { dialog, request, method, maxForwards, headers, body } = event;
  const crossed = crossing(headers, emergency);
  return {
    side: dialog.side,
    request,
    method,
    maxForwards: maxForwards - 1,
    headers: crossed,
    body,
  };
}

/** The request goes on to the other side, under the same name. */
export function askOther(bridge: Bridge, asked: AskedWithin): Effect {
  return askIn(dialogOf(bridge, otherSide(asked.side)), asked);
}

export function askIn(dialog: DialogName, asked: AskedWithin): Effect {
  const { request, method, maxForwards, headers, body } = asked;
  return { do: 'ask', dialog, request, method, maxForwards, headers, body };
}

export function replyTo(bridge: Bridge, side: Side, request: RequestId, says: Says): Effect {
  return { do: 'reply', dialog: dialogOf(bridge, side), request, ...says };
}

/** An answer of our own, whatever dialog the request came in. */
export function refuse({ dialog, request }: EventOf<'asked'>, status: number): Effect {
  const reason = reasonPhrase(status);
  return { do: 'reply', dialog, request, status, reason, headers: [], body: NO_OCTETS };
}

/** Whether an event of a dialog is one of the dialogs that talk to each other. */
export function isBridged(
  bridge: Bridge,
  { dialog }: EventOf<'asked'> | EventOf<'replied'>,
): boolean {
  if (dialog.side === 'a') return dialog.fork === bridge.fork;
  return dialog.attempt === bridge.attempt && dialog.tag === bridge.tag;
}

export function dialogOf({ fork, attempt, tag }: Bridge, side: Side): DialogName {
  return side === 'a' ? { side, fork } : { side, attempt, tag };
}
