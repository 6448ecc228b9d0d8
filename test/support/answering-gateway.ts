import { type Address, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import { openUdpSink, type UdpSink } from './udp-sink.ts';

export type AnsweringGateway = UdpSink & { readonly requests: readonly SipRequest[] };

/** A gateway that agrees to everything at once and keeps each request, repetitions too. */
export async function openAnsweringGateway(local: Address): Promise<AnsweringGateway> {
  const requests: SipRequest[] = [];
  const sink = await openUdpSink(local, (bytes, from) => {
    const message = parse(bytes);
    if (message.kind !== 'request') return;
    requests.push(message);
    if (message.method !== 'ACK') sink.send(agreement(message, local), from);
  });
  return Object.assign(sink, { requests });
}

/** `200 OK` with a Contact there. */
export function agreement(request: SipRequest, local: Address, transport?: Transport): string {
  return answerTo(request, '200 OK', local, { transport });
}

type Answered = { readonly transport?: Transport | undefined; readonly body?: string };

/** Any answer, with a Contact there and the one To-tag of all gateways of tests. */
export function answerTo(
  { headers, callId, cseq, to }: SipRequest,
  says: string,
  local: Address,
  { transport, body = '' }: Answered = {},
): string {
  const params = transport === undefined ? '' : `;transport=${transport}`;
  return [
    `SIP/2.0 ${says}`,
    ...headerValues(headers, 'via').map((via) => `Via: ${via}`),
    `From: ${headerValue(headers, 'from')}`,
    `To: ${headerValue(headers, 'to')}${to.tag === undefined ? ';tag=answering' : ''}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq.number} ${cseq.method}`,
    `Contact: <sip:answering@${writeAddress(local)}${params}>`,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
