import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../../sip/address.ts';
import type { Accept, StreamBound, StreamEars, StreamSocket, Streams } from '../streams.ts';

/** After so much silence the system asks the far end whether it is still there. */
const KEEP_ALIVE_MS = 30_000;
/** How long what was written may still take to leave. */
const FAREWELL_MS = 2000;
const BACKLOG_MAX = 1024;

/** TCP connections of the system, from and to single addresses, never all of them. */
export function tcpStreams(): Streams {
  return { listen, connect };
}

function listen(local: Address, accept: Accept): Promise<StreamBound> {
  const server = createServer({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  server.on('connection', (socket) => welcome(socket, accept));
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

function welcome(socket: Socket, accept: Accept): void {
  const { remoteAddress: address, remotePort: port } = socket;
  socket.on('error', () => undefined);
  // Gone before anybody could look at it.
  if (address === undefined || port === undefined) {
    socket.destroy();
    return;
  }
  const open = streamOn(socket);
  const ears = accept(open.stream, { address, port });
  if (ears === undefined) socket.destroy();
  else open.hearWith(ears);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function connect(local: string, far: Address, timeoutMs: number, ears: StreamEars): StreamSocket {
  const socket = createConnection({
    host: far.address,
    port: far.port,
    localAddress: local,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  socket.on('error', () => undefined);
  const impatience = setTimeout(() => socket.destroy(), timeoutMs);
  socket.once('close', () => clearTimeout(impatience));
  socket.once('connect', () => {
    clearTimeout(impatience);
    ears.onOpen();
  });
  const { stream, hearWith } = streamOn(socket);
  hearWith(ears);
  return stream;
}

function streamOn(socket: Socket) {
  let ears: StreamEars | undefined;
  const farewell = () => {
    const impatience = setTimeout(() => socket.destroy(), FAREWELL_MS);
    socket.once('close', () => clearTimeout(impatience));
  };
  const stream: StreamSocket = {
    get waitingBytes() {
      return socket.writableLength;
    },
    write(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    end() {
      ears = undefined;
      if (socket.destroyed) return;
      // It is read on: closing over unread bytes would take back what was just written.
      socket.end();
      farewell();
    },
    cut() {
      ears = undefined;
      socket.destroy();
    },
  };
  const hearWith = (hearing: StreamEars) => {
    ears = hearing;
    socket.on('data', (bytes) => ears?.onBytes(bytes));
    socket.once('close', () => ears?.onClosed());
  };
  return { stream, hearWith };
}
