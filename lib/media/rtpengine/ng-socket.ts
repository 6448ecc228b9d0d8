import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Address } from '../../sip/address.ts';

export type NgEars = {
  onMessage(bytes: Buffer): void;
  /** Nobody listens there, or there is no way there. */
  onUnreachable(why: string): void;
};

/** The way to one instance. */
export interface NgSocket {
  /** Never throws; what cannot be sent is told as `onUnreachable`. */
  send(bytes: Buffer): void;
  close(): void;
}

/** Opens sockets: on the real network, or on a simulated one. */
export type NgSockets = (to: Address, ears: NgEars) => NgSocket;

/**
 * A connected socket: only that instance is heard, and a port that is closed is told at once. One
 * that could not be connected is opened anew for the next message.
 */
export const openNgSocket: NgSockets = (to, ears) => {
  let open: ReturnType<typeof connect> | undefined;
  return {
    send(bytes) {
      open ??= connect(to, ears, () => {
        open = undefined;
      });
      open.send(bytes);
    },
    close() {
      open?.close();
    },
  };
};

function connect(to: Address, ears: NgEars, onFailed: () => void) {
  const socket = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4');
  let waiting: Buffer[] | undefined = [];
  socket.on('connect', () => {
    for (const bytes of waiting ?? []) socket.send(bytes);
    waiting = undefined;
  });
  socket.on('error', (error) => {
    if (waiting !== undefined) {
      waiting = [];
      socket.close();
      onFailed();
    }
    ears.onUnreachable(error.message);
  });
  socket.on('message', ears.onMessage);
  socket.connect(to.port, to.address);
  return {
    send: (bytes: Buffer) =>
      void (waiting === undefined ? socket.send(bytes) : waiting.push(bytes)),
    close: () => socket.close(),
  };
}
