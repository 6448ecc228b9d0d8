import { createServer } from 'node:net';
import { realWorld } from '../../../lib/base/real-world.ts';
import type { World } from '../../../lib/base/time.ts';
import { clearAlarms } from '../../../lib/engine/builtin/alarms.ts';
import type { Listener } from '../../../lib/ports/sip-engine.ts';
import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import { type App, answer, serveApp } from './app.ts';
import type { AppMessage } from './app-message.ts';
import { respond, serveAck, serveRequest } from './from-network.ts';
import { requestInside } from './inside.ts';
import { emptyLedger, type Server } from './ledger.ts';
import { cancelRequest, requestOutside } from './outside.ts';
import { openSipSide } from './sip-side.ts';

const VERSION = 'v0.9.10';

export type PeerOptions = {
  /** Where applications connect to. */
  readonly admin: Address;
  readonly secret: string;
  /** Carries SIP, over UDP and TCP. */
  readonly sip: Address;
  /** Absent: the real one. */
  readonly world?: World;
};

/** A drachtio-server as far as an application that makes calls can see it. */
export type DrachtioPeer = {
  /** Hangs up on every application, which may come back at once. */
  dropApps(): void;
  close(): Promise<void>;
};

export async function openDrachtioPeer(options: PeerOptions): Promise<DrachtioPeer> {
  const { admin, secret, sip, world = realWorld() } = options;
  const apps = new Set<App>();
  const ledger = emptyLedger();
  const side = openSipSide(world, {
    onRequest: (arrived, transaction) => serveRequest(server, arrived, transaction),
    onAck: (arrived) => serveAck(server, arrived),
    onCancelled(invite) {
      for (const [txn, { transaction }] of ledger.owed) {
        if (transaction === invite) ledger.owed.delete(txn);
      }
    },
  });
  const server: Server = { world, side, ledger };
  const listeners = (['tcp', 'udp'] as const).map(
    (transport): Listener => ({ ...sip, transport, role: 'gateway', advertise: undefined }),
  );
  const listening = await side.wires.open(listeners);
  if (listening.kind === 'failed') throw new Error(`${writeAddress(sip)}: ${listening.why}`);
  const hostports = listeners.map((one) => `${one.transport}/${writeAddress(one)}`).join(',');
  const greeting = [hostports, VERSION, hostports];
  const doors = createServer((socket) => {
    const onMessage = (app: App, message: AppMessage) =>
      serveMessage(server, app, message, (word) => (word === secret ? greeting : undefined));
    apps.add(serveApp(socket, { onMessage, onGone: (app) => void apps.delete(app) }));
  });
  await new Promise<void>((resolve, reject) => {
    doors.once('error', reject);
    doors.listen({ host: admin.address, port: admin.port }, resolve);
  });
  const dropApps = () => {
    for (const app of apps) app.hangUp();
  };
  return {
    dropApps,
    async close() {
      const closed = new Promise((resolve) => {
        doors.close(resolve);
      });
      for (const app of apps) app.cut();
      for (const { alarms } of ledger.owed.values()) clearAlarms(world.timers, alarms);
      await side.close();
      await closed;
    },
  };
}

/** What it is told for a secret; undefined: the secret is wrong. */
type Greet = (secret: string) => readonly string[] | undefined;

function serveMessage(server: Server, app: App, message: AppMessage, greet: Greet): void {
  const [id = '', kind, word = ''] = message.words;
  switch (kind) {
    case 'authenticate': {
      const greeting = greet(word);
      if (greeting !== undefined) answer(app, id, 'OK', ...greeting);
      else turnAway(app, id, 'incorrect secret');
      break;
    }
    case 'ping':
      answer(app, id, 'OK', 'pong');
      break;
    case 'route':
      // What asks for calls gets none here.
      answer(app, id, 'OK');
      break;
    case 'sip':
      serveSip(server, app, message);
      break;
    default:
      turnAway(app, id, 'Unknown message type');
  }
}

function turnAway(app: App, id: string, why: string): void {
  answer(app, id, 'NO', why);
  app.hangUp();
}

function serveSip(server: Server, app: App, message: AppMessage): void {
  const [id = '', , txn = '', dialog = ''] = message.words;
  if (message.startLine.startsWith('SIP/')) {
    if (txn === '') turnAway(app, id, 'transaction id missing');
    else respond(server, app, message);
  } else if (dialog !== '') requestInside(server, app, message);
  else if (txn === '') requestOutside(server, app, message);
  // Anything else with a transaction the server does not even answer.
  else if (message.startLine.startsWith('CANCEL')) cancelRequest(server, app, message);
}
