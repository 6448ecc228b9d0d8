import type { Listener, OutgoingInvite } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import type { Branch, UriText } from '../../sip/ids.ts';
import { supportedIn } from '../../sip/option-tags.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Core } from './core.ts';
import type { SentInvite } from './proto/compose.ts';
import { allowOn, fenced } from './proto/fence.ts';
import { askTerms } from './proto/session-timer.ts';
import { ownVia, type Wire } from './wires.ts';

/** More than fits through a path that nothing is known of. [3261-18.1.1] */
export const DATAGRAM_BYTES_MAX = 1300;

/** An INVITE of ours as it leaves. */
export type WrittenInvite = {
  readonly wire: Wire;
  readonly branch: Branch;
  readonly invite: SentInvite;
  readonly contact: UriText;
  readonly bytes: Buffer;
};

/** What it says that the order does not. */
export type InviteTerms = {
  readonly number: number;
  /** The session interval that it asks for; 0: none. */
  readonly intervalSec: number;
  /** The greatest Min-SE that was heard; 90: none was. */
  readonly minSec: number;
};

/** Writes an INVITE; one that is too large for a datagram goes as the order says. [3261-18.1.1] */
export function writeInvite(core: Core, order: OutgoingInvite, terms: InviteTerms): WrittenInvite {
  const written = writeFrom(core, order, terms, order);
  const { large } = order;
  if (large === undefined || written.bytes.length <= DATAGRAM_BYTES_MAX) return written;
  return writeFrom(core, order, terms, large);
}

function writeFrom(
  core: Core,
  order: OutgoingInvite,
  { number, intervalSec, minSec }: InviteTerms,
  { listener, contact }: { readonly listener: Listener; readonly contact: UriText },
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
    number,
  };
  const headers = [
    invite.via,
    header('Max-Forwards', `${order.maxForwards}`),
    invite.from,
    invite.to,
    invite.callId,
    header('CSeq', `${number} INVITE`),
    header('Contact', `<${contact}>`),
    allowOn(order),
    supportedIn(order),
    ...askTerms({ intervalSec, minSec, refresher: 'us' }),
    ...fenced(order.headers),
  ];
  const bytes = writeRequest({ method: 'INVITE', uri, headers, body });
  return { wire, branch, invite, contact, bytes };
}
