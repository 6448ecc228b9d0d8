import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { openFraming } from '../../../apps/lab/caller-line.ts';
import { cut, type Hear, openDatagrams } from './lines.ts';
import { GATEWAYS } from './places.ts';
import type { Certificates } from './site.ts';

export type GatewayName = keyof typeof GATEWAYS;

/** Says which gateway heard it, by what; a request of its own goes back by the same way. */
export type GatewayHear = (
  at: { readonly name: GatewayName; readonly transport: 'UDP' | 'TCP' | 'TLS' },
  ...heard: Parameters<Hear>
) => void;

export type Gateways = {
  /** A datagram of a gateway that nobody has asked anything. */
  say(name: 'psap', text: string, host: string, port: number): void;
  close(): void;
};

export async function openGateways(
  { certificate, key }: Certificates,
  hear: GatewayHear,
): Promise<Gateways> {
  const datagrams = new Map<GatewayName, Awaited<ReturnType<typeof openDatagrams>>>();
  for (const name of ['main', 'fickle', 'psap', 'carrier'] as const) {
    const { host, port } = GATEWAYS[name];
    const at = { name, transport: 'UDP' } as const;
    datagrams.set(name, await openDatagrams(host, port, (...heard) => hear(at, ...heard)));
  }
  const sockets = new Set<Socket>();
  const take = (name: GatewayName, transport: 'TCP' | 'TLS') => (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const answer = (text: string) => void socket.write(Buffer.from(text, 'latin1'));
    socket.on(
      'data',
      openFraming((text) => hear({ name, transport }, text, answer)),
    );
  };
  const servers = [
    await listening(createServer(take('tcp', 'TCP')), 'tcp'),
    await listening(createServer(take('psap', 'TCP')), 'psap'),
    await listening(createTlsServer({ cert: certificate, key }, take('tls', 'TLS')), 'tls'),
  ];
  return {
    say(name, text, host, port) {
      datagrams.get(name)?.send(Buffer.from(text, 'latin1'), port, host, () => undefined);
    },
    close() {
      for (const socket of datagrams.values()) socket.close();
      for (const server of servers) server.close();
      for (const socket of sockets) cut(socket);
    },
  };
}

async function listening(server: Server, name: GatewayName): Promise<Server> {
  const { host, port } = GATEWAYS[name];
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}
