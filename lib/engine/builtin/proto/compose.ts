import { NO_OCTETS, type Octets } from '../../../base/brands.ts';
import type { Address } from '../../../sip/address.ts';
import { header } from '../../../sip/header-names.ts';
import type { Tag, UriText } from '../../../sip/ids.ts';
import type { Header, SipRequest } from '../../../sip/message.ts';
import { withTag } from '../../../sip/name-addr.ts';
import { stampVia } from '../../../sip/via.ts';
import type { OutgoingRequest } from '../../../sip/write.ts';
import { writeRequest, writeResponse } from '../../../sip/write.ts';

const MAX_FORWARDS = header('Max-Forwards', '70');

/** What every response to one request repeats of it. [3261-8.2.6.2] */
export type Reply = {
  /** All of them in their order, the top one with where it really came from. */
  readonly vias: readonly Header[];
  readonly recordRoutes: readonly Header[];
  readonly from: string;
  readonly to: string;
  readonly hasToTag: boolean;
  readonly callId: string;
  readonly cseq: string;
  /** Goes back in a 100. [3261-8.2.6.1] */
  readonly timestamp: Header | undefined;
};

export function replyTo({ headers, to }: SipRequest, source: Address): Reply {
  const vias: Header[] = [];
  const recordRoutes: Header[] = [];
  let timestamp: Header | undefined;
  const single = { from: '', to: '', callId: '', cseq: '' };
  for (const line of headers) {
    switch (line.name) {
      case 'via':
        vias.push(vias.length > 0 ? line : { ...line, value: stampVia(line.value, source) });
        break;
      case 'record-route':
        recordRoutes.push(line);
        break;
      case 'from':
        single.from = line.value;
        break;
      case 'to':
        single.to = line.value;
        break;
      case 'call-id':
        single.callId = line.value;
        break;
      case 'cseq':
        single.cseq = line.value;
        break;
      case 'timestamp':
        timestamp = line;
        break;
      default:
        break;
    }
  }
  return { vias, recordRoutes, ...single, hasToTag: to.tag !== undefined, timestamp };
}

export type ReplyWith = {
  readonly status: number;
  readonly reason: string;
  /** Our tag, for a To without one; absent only in a 100. [3261-8.2.6.2] */
  readonly tag: Tag | undefined;
  /** Whether it makes a dialog: then the route set goes back to who set it. [3261-12.1.1] */
  readonly formsDialog: boolean;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

/** A response with what must be repeated of its request. [3261-8.2.6.2] */
export function composeResponse(reply: Reply, response: ReplyWith): Buffer {
  const { status, reason, tag, formsDialog, body } = response;
  const toWithTag = tag === undefined || reply.hasToTag ? reply.to : withTag(reply.to, tag);
  const headers: Header[] = [...reply.vias];
  if (formsDialog) headers.push(...reply.recordRoutes);
  headers.push(
    { name: 'from', written: 'From', value: reply.from },
    { name: 'to', written: 'To', value: toWithTag },
    { name: 'call-id', written: 'Call-ID', value: reply.callId },
    { name: 'cseq', written: 'CSeq', value: reply.cseq },
  );
  if (status === 100 && reply.timestamp !== undefined) headers.push(reply.timestamp);
  headers.push(...response.headers);
  return writeResponse({ status, reason, headers, body });
}

/** What the ACK of a refusal and the CANCEL repeat of our INVITE. */
export type SentInvite = {
  readonly uri: UriText;
  readonly via: Header;
  /** Of a re-INVITE; the first INVITE has none. */
  readonly routes: readonly Header[];
  readonly from: Header;
  readonly to: Header;
  readonly callId: Header;
  readonly number: number;
};

/** The ACK of a refusal. [3261-17.1.1.3] */
export function composeAck(invite: SentInvite, to: string): Buffer {
  return writeRequest(repeating(invite, 'ACK', header('To', to), []));
}

/** The CANCEL of an INVITE of ours. [3261-9.1] */
export function composeCancel(invite: SentInvite, headers: readonly Header[]): Buffer {
  return writeRequest(repeating(invite, 'CANCEL', invite.to, headers));
}

function repeating(
  { uri, via, routes, from, callId, number }: SentInvite,
  method: string,
  to: Header,
  headers: readonly Header[],
): OutgoingRequest {
  const cseq = header('CSeq', `${number} ${method}`);
  return {
    method,
    uri,
    headers: [via, MAX_FORWARDS, ...routes, from, to, callId, cseq, ...headers],
    body: NO_OCTETS,
  };
}
