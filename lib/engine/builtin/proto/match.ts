import { headerValue } from '../../../sip/headers.ts';
import { type Branch, MAGIC_COOKIE, type SipCallId, type Tag } from '../../../sip/ids.ts';
import type { SipRequest, SipResponse } from '../../../sip/message.ts';

const PORT_DEFAULT = 5060;

// Keys are kept for half a minute by the ten thousand: joined they are one piece, where a template
// would keep all its parts.

/** The method is part of it since a CANCEL shares the branch of its INVITE. [3261-17.1.3] */
export function clientKey(branch: Branch, method: string): string {
  return [method, branch].join(' ');
}

/** Undefined: its Via is none of ours, which all have a branch. */
export function responseKey({ via, cseq }: SipResponse): string | undefined {
  return via.branch === undefined ? undefined : clientKey(via.branch, cseq.method);
}

/** What a request and its repetitions have in common, and an INVITE with its ACK. [3261-17.2.3] */
export function serverKey(request: SipRequest): string {
  return keyFor(request, request.method === 'ACK' ? 'INVITE' : request.method);
}

/** The key of the INVITE that a CANCEL means. [3261-9.2] */
export function cancelledKey(cancel: SipRequest): string {
  return keyFor(cancel, 'INVITE');
}

function keyFor(request: SipRequest, method: string): string {
  const { branch, host, port } = request.via;
  if (branch?.startsWith(MAGIC_COOKIE) !== true) return oldKeyFor(request, method);
  return [method, branch, host.toLowerCase(), port ?? PORT_DEFAULT].join(' ');
}

/**
 * The key of a sender that knows only RFC 2543. The To-tag is left out of an INVITE's: that of its
 * ACK is ours, and one INVITE has one final response here.
 */
function oldKeyFor(request: SipRequest, method: string): string {
  const { uri, from, to, callId, cseq, headers } = request;
  const via = headerValue(headers, 'via') ?? '';
  const toTag = method === 'INVITE' ? '' : (to.tag ?? '');
  return [method, uri, from.tag ?? '', toTag, callId, cseq.number, via].join('\n');
}

/** A dialog as this side sees it; a tag that is missing counts as an empty one. [3261-12] */
export function dialogKey(
  callId: SipCallId,
  localTag: Tag | undefined,
  remoteTag: Tag | undefined,
): string {
  return [callId, localTag ?? '', remoteTag ?? ''].join('\n');
}
