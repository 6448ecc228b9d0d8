import type { Address } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import { parse } from '../../lib/sip/parse.ts';
import { openUdpSink, type UdpSink } from './udp-sink.ts';

/** A gateway that refuses everything with one status, OPTIONS as well as calls. */
export async function openRefusingGateway(local: Address, status: number): Promise<UdpSink> {
  const sink = await openUdpSink(local, (bytes, from) => {
    const message = parse(bytes);
    if (message.kind !== 'request' || message.method === 'ACK') return;
    const { headers, callId, cseq } = message;
    const lines = [
      `SIP/2.0 ${status} Not Here`,
      ...headerValues(headers, 'via').map((via) => `Via: ${via}`),
      `From: ${headerValue(headers, 'from')}`,
      `To: ${headerValue(headers, 'to')};tag=refusing`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq.number} ${cseq.method}`,
      'Content-Length: 0',
      '',
      '',
    ];
    sink.send(lines.join('\r\n'), from);
  });
  return sink;
}
