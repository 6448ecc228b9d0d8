import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { bytesOf, type Octets } from '../../../lib/base/brands.ts';
import type { Address, Transport } from '../../../lib/sip/address.ts';
import { openAdminFraming } from './admin-framing.ts';
import { type AppMessage, readAppMessage } from './app-message.ts';

/** A connection of an application. */
export type App = {
  isOpen(): boolean;
  /** Tells it something; the id of the message comes before. */
  tell(payload: string): void;
  /** What was told before arrives. */
  hangUp(): void;
  cut(): void;
};

export type AppEars = {
  onMessage(app: App, message: AppMessage): void;
  onGone(app: App): void;
};

/** What is said within it arrives at once: the echo of a request and its first responses, too. */
const TOGETHER_MS = 3;

export function serveApp(socket: Socket, ears: AppEars): App {
  const framing = openAdminFraming();
  let isOpen = true;
  let gathering: NodeJS.Timeout | undefined;
  const app: App = {
    isOpen: () => isOpen,
    tell(payload) {
      if (!isOpen) return;
      if (gathering === undefined) {
        socket.cork();
        gathering = setTimeout(() => {
          gathering = undefined;
          socket.uncork();
        }, TOGETHER_MS);
      }
      const text = bytesOf(`${randomUUID()}|${payload}`);
      socket.write(Buffer.concat([Buffer.from(`${text.length}#`), text]));
    },
    hangUp() {
      isOpen = false;
      socket.end();
    },
    cut() {
      isOpen = false;
      socket.destroy();
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
    clearTimeout(gathering);
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
function meta({ source, transport, far, text }: Carried): string {
  const time = `${new Date().toISOString().slice(11, 23)}000`;
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
  answer(app, id, 'OK', `${meta(carried)}|${txn}|${between}Msg sent:|\r\n${carried.text}`);
}

/** Passes on a message of the network, or one that the server sent by itself. */
export function deliver(app: App, carried: Carried, txn: string, dialog: string): void {
  app.tell(`sip|${meta(carried)}|${txn}|${dialog}|\r\n${carried.text}`);
}
