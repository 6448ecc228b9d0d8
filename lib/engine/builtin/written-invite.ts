import type { Listener, OutgoingInvite } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import type { Branch, UriText } from '../../sip/ids.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Core } from './core.ts';
import type { SentInvite } from './proto/compose.ts';
import { ALLOW, fenced } from './proto/fence.ts';
import { ownVia, type Wire } from './wires.ts';

/** More than fits through a path that nothing is known of. [3261-18.1.1] */
export const DATAGRAM_BYTES_MAX = 1300;
const FIRST_NUMBER = 1;

/** An INVITE of ours as it leaves. */
export type WrittenInvite = {
  readonly wire: Wire;
  readonly branch: Branch;
  readonly invite: SentInvite;
  readonly bytes: Buffer;
};

/** Writes an INVITE; one that is too large for a datagram goes as the order says. [3261-18.1.1] */
export function writeInvite(core: Core, order: OutgoingInvite): WrittenInvite {
  const written = writeFrom(core, order, order.listener, order.contact);
  const { large } = order;
  if (large === undefined || written.bytes.length <= DATAGRAM_BYTES_MAX) return written;
  return writeFrom(core, order, large.listener, large.contact);
}

function writeFrom(
  core: Core,
  order: OutgoingInvite,
  listener: Listener,
  contact: UriText,
): WrittenInvite {
  const { uri, body } = order;
  const wire = core.wires.of(listener);
  const branch = core.serials.branch(order.tag);
  const invite: SentInvite = {
    uri,
    via: ownVia(wire, branch),
    routes: [],
    from: header('From', order.from),
    to: header('To', order.to),
    callId: header('Call-ID', order.callId),
    number: FIRST_NUMBER,
  };
  const headers = [
    invite.via,
    header('Max-Forwards', `${order.maxForwards}`),
    invite.from,
    invite.to,
    invite.callId,
    header('CSeq', `${FIRST_NUMBER} INVITE`),
    header('Contact', `<${contact}>`),
    ALLOW,
    ...fenced(order.headers),
  ];
  return { wire, branch, invite, bytes: writeRequest({ method: 'INVITE', uri, headers, body }) };
}
