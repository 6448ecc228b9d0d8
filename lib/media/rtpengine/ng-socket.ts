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
  let connected: Connected | undefined;
  return {
    send(bytes) {
      connected ??= connect(to, ears, () => {
        connected = undefined;
      });
      connected.send(bytes);
    },
    close() {
      connected?.close();
      connected = undefined;
    },
  };
};

type Connected = { readonly send: (bytes: Buffer) => void; readonly close: () => void };

function connect(to: Address, ears: NgEars, onFailed: () => void): Connected {
  const socket = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4');
  const waiting: Buffer[] = [];
  let state: 'connecting' | 'open' | 'closed' = 'connecting';
  const close = () => {
    if (state !== 'closed') socket.close();
    state = 'closed';
  };
  socket.on('connect', () => {
    if (state === 'closed') return;
    state = 'open';
    for (const bytes of waiting.splice(0)) socket.send(bytes);
  });
  socket.on('error', (error) => {
    if (state === 'connecting') {
      close();
      onFailed();
    }
    ears.onUnreachable(error.message);
  });
  socket.on('message', (bytes) => ears.onMessage(bytes));
  socket.connect(to.port, to.address);
  return {
    send: (bytes) => void (state === 'open' ? socket.send(bytes) : waiting.push(bytes)),
    close,
  };
}
