import type { Socket } from 'node:net';
import type { StreamEars, StreamSocket } from '../streams.ts';

/** How long what was written may still take to leave. */
const FAREWELL_MS = 2000;

export type OpenStream = {
  readonly stream: StreamSocket;
  hearWith(ears: StreamEars): void;
};

/** What the engine sees of a socket of the system. */
export function streamOn(socket: Socket): OpenStream {
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
