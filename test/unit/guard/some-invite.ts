import type { SipRequest } from '../../../lib/sip/message.ts';
import { parse } from '../../../lib/sip/parse.ts';

export type InviteParts = {
  readonly uri?: string;
  readonly callId?: string;
  readonly from?: string;
  readonly cseq?: number;
  readonly contact?: string;
  /** Further Vias, below the top one. */
  readonly vias?: readonly string[];
  readonly headers?: readonly string[];
  readonly body?: string;
};

export function someInvite(parts: InviteParts = {}): SipRequest {
  const { uri = 'sip:112@192.0.2.112', callId = 'one', from = '<sip:a@b>;tag=1' } = parts;
  const { cseq = 1, contact = '<sip:a@203.0.113.7>', vias = [], headers = [], body = '' } = parts;
  const text = [
    `INVITE ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 203.0.113.7;branch=z9hG4bK1',
    ...vias.map((via) => `Via: ${via}`),
    `From: ${from}`,
    'To: <sip:112@c>',
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} INVITE`,
    `Contact: ${contact}`,
    ...headers,
    `Content-Length: ${body.length}`,
    '',
    body,
  ];
  const request = parse(Buffer.from(text.join('\r\n'), 'latin1'));
  if (request.kind !== 'request') throw new Error(`the test's own INVITE is a ${request.kind}`);
  return request;
}
