import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { openFraming } from '../../lib/engine/builtin/proto/framing.ts';
import type { Address } from '../../lib/sip/address.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import { agreement } from './answering-gateway.ts';
import type { Issued } from './certificates.ts';

export type StreamGateway = {
  readonly requests: readonly SipRequest[];
  close(): void;
};

/** A gateway on TCP, or on TLS with that certificate, that agrees to everything at once. */
export async function openStreamGateway(
  local: Address,
  issued: Issued | undefined,
): Promise<StreamGateway> {
  const requests: SipRequest[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    const framing = openFraming();
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      for (const framed of framing.push(bytes)) {
        const message = framed.what === 'message' ? parse(framed.bytes) : undefined;
        if (message?.kind !== 'request') continue;
        requests.push(message);
        const transport = issued === undefined ? 'tcp' : 'tls';
        if (message.method !== 'ACK') socket.write(agreement(message, local, transport), 'latin1');
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
