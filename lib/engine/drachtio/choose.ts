import type { OutgoingInvite } from '../../ports/sip-engine.ts';
import { familyOf } from '../../sip/address.ts';
import { inviteHeaders } from './leg-b.ts';
import type { ServerLink, SipPlace } from './server-link.ts';
import { unaskable, unspeakable } from './wording.ts';

/** Which engine carries an INVITE. */
export type Choice =
  | { readonly by: 'drachtio'; readonly link: ServerLink; readonly place: SipPlace }
  | { readonly by: 'builtin'; readonly why: string };

/**
 * A server that takes calls and speaks the gateway's transport, in turn; without one, or with more
 * to say than a server passes on, it is the builtin engine.
 */
export function choose(
  order: OutgoingInvite,
  servers: readonly ServerLink[],
  turn: number,
): Choice {
  const { transport, role } = order.listener;
  if (role !== 'gateway') return { by: 'builtin', why: 'the call goes outwards' };
  if (order.mayTransfer === true) return { by: 'builtin', why: 'its gateway may transfer it' };
  const family = familyOf(order.nextHop.address);
  let why = 'no server is configured';
  for (let at = 0; at < servers.length; at += 1) {
    const link = servers[(turn + at) % servers.length];
    if (link === undefined) continue;
    const place = link.placeOf(transport, family);
    if (link.hindrance !== undefined) why = `${link.name}: ${link.hindrance}`;
    else if (place === undefined) why = `${link.name}: it speaks no ${transport} over IPv${family}`;
    else {
      const cannot = unaskable(order.uri) ?? unspeakable(inviteHeaders(order, place), order.body);
      return cannot === undefined
        ? { by: 'drachtio', link, place }
        : { by: 'builtin', why: cannot };
    }
  }
  return { by: 'builtin', why };
}
