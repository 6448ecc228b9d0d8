import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../../sip/address.ts';
import type { Accept, StreamBound, StreamEars, StreamSocket, Streams } from '../streams.ts';
import { type OpenStream, streamOn } from './stream-on.ts';

/** After so much silence the system asks the far end whether it is still there. */
const KEEP_ALIVE_MS = 30_000;
const BACKLOG_MAX = 1024;

/** TCP connections of the system, from and to single addresses, never all of them. */
export function tcpStreams(): Streams {
  return {
    listen: (local, accept) => listenAt(local, (socket) => welcome(socket, streamOn, accept)),
    connect,
  };
}

export function listenAt(local: Address, onSocket: (socket: Socket) => void): Promise<StreamBound> {
  const server = createServer({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  server.on('connection', onSocket);
  return new Promise((resolve) => {
    server.once('error', (error) => resolve({ kind: 'failed', why: error.message }));
    const { address: host, port } = local;
    server.listen({ host, port, backlog: BACKLOG_MAX, exclusive: true }, () => {
      server.removeAllListeners('error');
      // Out of file handles, say: those that are connected stay.
      server.on('error', () => undefined);
      resolve({ kind: 'bound', close: () => closed(server) });
    });
  });
}

/** Answers whether it is wanted. */
export function welcome<Open extends OpenStream>(
  socket: Socket,
  open: (socket: Socket) => Open,
  accept: Accept,
): Open | undefined {
  const { remoteAddress: address, remotePort: port } = socket;
  socket.on('error', () => undefined);
  // Gone before anybody could look at it.
  if (address === undefined || port === undefined) {
    socket.destroy();
    return undefined;
  }
  const opened = open(socket);
  const ears = accept(opened.stream, { address, port });
  if (ears === undefined) {
    socket.destroy();
    return undefined;
  }
  opened.hearWith(ears);
  return opened;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function connect(local: string, far: Address, timeoutMs: number, ears: StreamEars): StreamSocket {
  const socket = dial(local, far);
  socket.on('error', () => undefined);
  return opening(socket, 'connect', timeoutMs, ears);
}

export function dial(local: string, { address, port }: Address): Socket {
  return createConnection({
    host: address,
    port,
    localAddress: local,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
}

/** A connection of ours until that event says that it is there. */
export function opening(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  timeoutMs: number,
  ears: StreamEars,
): StreamSocket {
  const impatience = setTimeout(() => socket.destroy(), timeoutMs);
  socket.once('close', () => clearTimeout(impatience));
  socket.once(event, () => {
    clearTimeout(impatience);
    ears.onOpen();
  });
  const opened = streamOn(socket);
  opened.hearWith(ears);
  return opened.stream;
}
