import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { bytesOf } from '../../../lib/base/brands.ts';
import { type Address, familyOf } from '../../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../../lib/sip/headers.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { parse } from '../../../lib/sip/parse.ts';

/** What a peer answers to a request: `180 Ringing`, with further header lines and a body. */
export type Line = { readonly status: string; readonly headers?: readonly string[] };
export type Script = (request: SipRequest, heardAt: Address) => readonly Line[];

/** A response as bytes, written without any code of ours that writes messages. */
export function responseTo(request: SipRequest, { status, headers = [] }: Line): Buffer {
  const to = headerValue(request.headers, 'to') ?? '';
  const isTagged = to.includes('tag=') || status.startsWith('100');
  const lines = [
    `SIP/2.0 ${status}`,
    ...headerValues(request.headers, 'via').map((via) => `Via: ${via}`),
    `From: ${headerValue(request.headers, 'from')}`,
    `To: ${isTagged ? to : `${to};tag=peer`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${headerValue(request.headers, 'cseq')}`,
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ];
  return bytesOf(lines.join('\r\n'));
}

export type Peer = {
  readonly addresses: readonly Address[];
  /** `127.0.0.112 INVITE`: where each request was heard. */
  readonly heard: string[];
  close(): Promise<void>;
};

/** A SIP peer on several addresses of loopback, on a port of its own choice each. */
export async function openPeer(hosts: readonly string[], script: Script): Promise<Peer> {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const addresses: Address[] = [];
  for (const host of hosts) {
    const socket = createSocket(`udp${familyOf(host)}`);
    socket.bind(0, host);
    await once(socket, 'listening');
    const own: Address = { address: host, port: socket.address().port };
    socket.on('message', (bytes, { address, port }) => {
      const request = parse(bytes);
      if (request.kind !== 'request') return;
      heard.push(`${host} ${request.method}`);
      for (const line of script(request, own))
        socket.send(responseTo(request, line), port, address);
    });
    sockets.push(socket);
    addresses.push(own);
  }
  const close = async () => {
    for (const socket of sockets) {
      socket.close();
      await once(socket, 'close');
    }
  };
  return { addresses, heard, close };
}
