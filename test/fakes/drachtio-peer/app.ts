import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { bytesOf, type Octets } from '../../../lib/base/brands.ts';
import type { Address, Transport } from '../../../lib/sip/address.ts';
import { openAdminFraming } from './admin-framing.ts';
import { type AppMessage, readAppMessage } from './app-message.ts';

/** A connection of an application. */
export type App = {
  /** The verbs it asked for. */
  readonly routes: Set<string>;
  isOpen(): boolean;
  /** Tells it something; the id of the message comes before. */
  tell(payload: string): void;
  hangUp(): void;
};

export type AppEars = {
  onMessage(app: App, message: AppMessage): void;
  onGone(app: App): void;
};

export function serveApp(socket: Socket, ears: AppEars): App {
  const framing = openAdminFraming();
  let isOpen = true;
  const app: App = {
    routes: new Set(),
    isOpen: () => isOpen,
    tell(payload) {
      const text = bytesOf(`${randomUUID()}|${payload}`);
      if (isOpen) socket.write(Buffer.concat([Buffer.from(`${text.length}#`), text]));
    },
    hangUp() {
      isOpen = false;
      socket.end();
    },
  };
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    for (const framed of framing.push(chunk)) {
      if (!isOpen) return;
      if (framed.what === 'broken') app.hangUp();
      else ears.onMessage(app, readAppMessage(framed.text));
    }
  });
  socket.once('close', () => {
    isOpen = false;
    ears.onGone(app);
  });
  return app;
}

/** The answer to message `id`; `NO` is for what is no message, `NOK` for what cannot be done. */
export function answer(app: App, id: string, ...words: readonly string[]): void {
  app.tell(['response', id, ...words].join('|'));
}

/** A SIP message and the way it came or went. */
export type Carried = {
  readonly source: 'network' | 'application';
  readonly transport: Transport;
  readonly far: Address;
  readonly text: Octets;
};

/** The six words that tell of a SIP message. */
export function meta({ source, transport, far, text }: Carried, now: Date): string {
  const time = `${now.toISOString().slice(11, 23)}000`;
  return [source, text.length, transport, far.address, far.port, time].join('|');
}

/** What the server answers when it has sent what the application asked for. */
export function answerSent(
  app: App,
  id: string,
  carried: Carried,
  txn: string,
  /** Only of a response: its dialog. */
  dialog?: string,
): void {
  const between = dialog === undefined ? '' : `${dialog}||`;
  const words = `${meta(carried, new Date())}|${txn}|${between}Msg sent:|`;
  answer(app, id, 'OK', `${words}\r\n${carried.text}`);
}

/** Passes on a message of the network, or one that the server sent by itself. */
export function deliver(app: App, carried: Carried, txn: string, dialog: string): void {
  app.tell(`sip|${meta(carried, new Date())}|${txn}|${dialog}|\r\n${carried.text}`);
}

/** Passes on a request that belongs to no dialog, with the listener it came to. */
export function deliverNew(app: App, carried: Carried, txn: string, on: Address): void {
  const words = `${meta(carried, new Date())}|${txn}||${on.address}|${on.port}|`;
  app.tell(`sip|${words}\r\n${carried.text}`);
}
