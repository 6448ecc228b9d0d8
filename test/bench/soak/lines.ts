import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { openFraming } from '../../../apps/lab/caller-line.ts';
import { A, PORT_OF, type Transport } from './places.ts';

/** A message came; `answer` says something back by the way that it came. */
export type Hear = (text: string, answer: (text: string) => void) => void;

/** What callers speak through; some of them share one. */
export type Line = {
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;
  /** Where it dials. */
  readonly site: string;
  /** Toward the host of a URI; what has none goes to A. */
  say(text: string, uri: string): void;
  /** As who has no more to say does. */
  close(): void;
  /** As a caller that falls over does. */
  cut(): void;
};

const BUFFER_BYTES = 4 * 1024 * 1024;

/** Host and port of the site that a URI names. */
export function siteAt(uri: string, transport: Transport): { host: string; port: number } {
  const [, host = A, port] = /^sips?:(?:[^@]*@)?([\d.]+)(?::(\d+))?/.exec(uri) ?? [];
  return { host, port: Number(port ?? PORT_OF[transport]) };
}

export async function openDatagrams(
  address: string,
  port: number,
  hear: Hear,
): Promise<DatagramSocket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_BYTES,
    lookup: (host, _options, done) => done(null, host, 4),
  });
  socket.on('message', (bytes, from) =>
    hear(bytes.toString('latin1'), (text) =>
      socket.send(Buffer.from(text, 'latin1'), from.port, from.address, () => undefined),
    ),
  );
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => resolve());
  });
  return socket;
}

export async function datagramLine(address: string, hear: Hear): Promise<Line> {
  const socket = await openDatagrams(address, PORT_OF.UDP, hear);
  return {
    transport: 'UDP',
    address,
    port: PORT_OF.UDP,
    site: A,
    say(text, uri) {
      const { host, port } = siteAt(uri, 'UDP');
      socket.send(Buffer.from(text, 'latin1'), port, host, () => undefined);
    },
    close: () => socket.close(),
    cut: () => undefined,
  };
}

/** One connection to A and one to U, opened when they are needed, and anew when they are gone. */
export function streamLine(
  transport: 'TCP' | 'TLS',
  address: string,
  authorities: string,
  hear: Hear,
): Line {
  const open = new Map<string, Socket>();
  const dial = (host: string, port: number) => {
    const socket = dialled(transport, { host, port, localAddress: address }, authorities);
    const answer = (text: string) => void socket.write(Buffer.from(text, 'latin1'));
    socket.on(
      'data',
      openFraming((text) => hear(text, answer)),
    );
    socket.on('close', () => {
      if (open.get(host) === socket) open.delete(host);
    });
    open.set(host, socket);
    return socket;
  };
  return {
    transport,
    address,
    port: PORT_OF[transport],
    site: A,
    say(text, uri) {
      const { host, port } = siteAt(uri, transport);
      const socket = open.get(host) ?? dial(host, port);
      socket.write(Buffer.from(text, 'latin1'));
    },
    close() {
      for (const socket of open.values()) socket.end();
    },
    cut() {
      for (const socket of open.values()) cut(socket);
      open.clear();
    },
  };
}

/** TLS knows no reset. */
export function cut(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

type Way = { readonly host: string; readonly port: number; readonly localAddress: string };

export function dialled(transport: 'TCP' | 'TLS', way: Way, authorities: string): Socket {
  const plain = connect({ ...way, noDelay: true });
  plain.on('error', () => undefined);
  if (transport === 'TCP') return plain;
  const socket = connectTls({ socket: plain, ca: authorities, host: way.host });
  socket.on('error', () => undefined);
  return socket;
}
