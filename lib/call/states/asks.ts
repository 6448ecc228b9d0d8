import { NO_OCTETS } from '../../base/brands.ts';
import type { RequestId } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import type { Effect } from '../effects.ts';
import type { EventOf } from '../events.ts';
import { type Facts, isLateOffer } from '../facts.ts';
import { crossing } from '../header-plans.ts';
import type { AskedWithin, Bridge, DialogName, Side } from '../state.ts';

/** Glare that has not cleared by then is the end of what was asked. */
export const GLARES_MAX = 4;

type Says = Omit<Extract<Effect, { do: 'reply' }>, 'do' | 'dialog' | 'request'>;

export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}

/**
 * What crosses of a request within a dialog. A PRACK is for one leg: it crosses where it answers an
 * offer, and what it offers itself is an UPDATE of the other leg. [3262-5]
 */
export function crossingOf(facts: Facts, event: EventOf<'asked'>): AskedWithin {
  const { dialog, request, body } = event;
  const isOffer = event.method === 'PRACK' && !isAnswer(facts, event);
  const method = isOffer ? 'UPDATE' : event.method;
  const headers = crossing(event.headers, facts.emergency);
  const maxForwards = event.maxForwards - 1;
  return { side: dialog.side, request, method, maxForwards, headers, body };
}

/** The caller answers what the gateway offers in a provisional response. */
export function isAnswer(facts: Facts, { method, dialog }: EventOf<'asked'>): boolean {
  return method === 'PRACK' && dialog.side === 'a' && isLateOffer(facts, dialog.fork);
}

/** A gateway's REFER that is carried out here and does not cross. [3515-2.4.2] */
export function isForUs({ transfers }: Facts, { method }: EventOf<'asked'>): boolean {
  return method === 'REFER' && transfers === 'execute';
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

/** The answer of the far end goes back to who asked. */
export function passBack(dialog: DialogName, facts: Facts, event: EventOf<'replied'>): Effect {
  const { request, status, reason, body } = event;
  const headers = crossing(event.headers, facts.emergency);
  return { do: 'reply', dialog, request, status, reason, headers, body };
}

/** An answer of our own, whatever dialog the request came in. */
export function ownReply(
  { dialog, request }: Pick<EventOf<'asked'>, 'dialog' | 'request'>,
  status: number,
  headers: readonly Header[] = [],
): Effect {
  const reason = reasonPhrase(status);
  return { do: 'reply', dialog, request, status, reason, headers, body: NO_OCTETS };
}

const OWN_HOPS = 70;

/** A request of our own within a dialog. */
export function ownAsk(
  dialog: DialogName,
  what: Pick<AskedWithin, 'request' | 'method' | 'headers' | 'body'>,
): Effect {
  return { do: 'ask', dialog, maxForwards: OWN_HOPS, ...what };
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
