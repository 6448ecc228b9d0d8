import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { openFraming } from '../../lib/engine/builtin/proto/framing.ts';
import type { Address } from '../../lib/sip/address.ts';
import type { SipMessage, SipRequest } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import { agreement } from './answering-gateway.ts';
import type { Issued } from './certificates.ts';

export type StreamGateway = {
  readonly requests: readonly SipRequest[];
  close(): void;
};

type Hear = (message: SipMessage, say: (text: string) => void) => void;

/**
 * A gateway on TCP, or on TLS with that certificate, that agrees to everything at once, unless it
 * is told what to do with what it hears.
 */
export async function openStreamGateway(
  local: Address,
  issued: Issued | undefined,
  hear?: Hear,
): Promise<StreamGateway> {
  const requests: SipRequest[] = [];
  const sockets = new Set<Socket>();
  const agree: Hear = (message, say) => {
    if (message.kind !== 'request' || message.method === 'ACK') return;
    say(agreement(message, local, issued === undefined ? 'tcp' : 'tls'));
  };
  const serve = (socket: Socket) => {
    const framing = openFraming();
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      for (const framed of framing.push(bytes)) {
        const message = framed.what === 'message' ? parse(framed.bytes) : undefined;
        if (message === undefined || message.kind === 'fault') continue;
        if (message.kind === 'request') requests.push(message);
        (hear ?? agree)(message, (text) => socket.write(text, 'latin1'));
      }
    });
  };
  const server =
    issued === undefined
      ? createServer(serve)
      : createTlsServer(
          { cert: readFileSync(issued.certificate), key: readFileSync(issued.key) },
          serve,
        );
  server.listen(local.port, local.address);
  await once(server, 'listening');
  return {
    requests,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
