import { createServer } from 'node:net';
import type { ServerOptions } from '../../../../lib/engine/drachtio/server-link.ts';
import { type App, answer, serveApp } from '../../../fakes/drachtio-peer/app.ts';

export const V0_9 = 'v0.9.10';

/** The admin port of a drachtio-server that says to a secret what a test wants. */
export type AdminServer = {
  readonly options: ServerOptions;
  /** The secrets that were said, in their order. */
  readonly secrets: readonly string[];
  /** The ids of the orders that wait. */
  readonly orders: readonly string[];
  /** Takes no order: says why. */
  refuses(order: string, why: string): void;
  dropApps(): void;
  close(): Promise<void>;
};

/** The words of the greeting, from OK or NO on. */
type Greet = (times: number) => readonly string[];

export function greets(hostports: string, version: string): readonly string[] {
  return ['OK', hostports, version, hostports];
}

export async function openAdminServer(greet: Greet, port = 0): Promise<AdminServer> {
  const apps = new Set<App>();
  const secrets: string[] = [];
  const orders: string[] = [];
  let last: App | undefined;
  const doors = createServer((socket) => {
    const app = serveApp(socket, {
      onMessage(from, { words: [id = '', kind, word = ''] }) {
        if (kind === 'authenticate') {
          secrets.push(word);
          answer(from, id, ...greet(secrets.length));
        } else if (kind === 'sip') orders.push(id);
        last = from;
      },
      onGone: (gone) => void apps.delete(gone),
    });
    apps.add(app);
  });
  await new Promise<void>((resolve) => {
    doors.listen({ host: '127.0.0.1', port }, resolve);
  });
  const address = doors.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return {
    options: { host: '127.0.0.1', port: address.port, secret: 'of-the-links' },
    secrets,
    orders,
    refuses(order, why) {
      if (last !== undefined) answer(last, order, 'NOK', why);
    },
    dropApps() {
      for (const app of apps) app.hangUp();
    },
    async close() {
      const closed = new Promise((resolve) => {
        doors.close(resolve);
      });
      for (const app of apps) app.cut();
      await closed;
    },
  };
}
