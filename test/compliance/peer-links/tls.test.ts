import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { realWorld } from '../../../lib/base/real-world.ts';
import { openPeerLinks } from '../../../lib/cluster/links/open-peer-links.ts';
import { LINK_SETTINGS } from '../../../lib/cluster/links/settings.ts';
import { tlsWires } from '../../../lib/cluster/links/tls/tls-wires.ts';
import type { Notice } from '../../../lib/ports/event-sink.ts';
import type { PeerLinks } from '../../../lib/ports/peer-links.ts';
import type { ClusterKey, KeyId } from '../../../lib/sip/owner-token.ts';
import { writeOptions } from '../../fakes/peer-site/options.ts';
import { type Child, startChild } from '../../support/child.ts';
import { until } from '../../support/until.ts';
import { countingSink } from '../../support/virtual-peers.ts';

const MAIN = path.join(__dirname, '../../fakes/peer-site/main.ts');
const LIFE_MS = 60_000;
jest.setTimeout(LIFE_MS);

const key = (id: string, fill: number): ClusterKey => ({
  id: id as KeyId,
  secret: new Uint8Array(32).fill(fill),
});
const K1 = key('k1', 1);
const K2 = key('k2', 2);

const addressOf = (site: number) => ({ address: `127.62.0.${site}`, port: 7112 });
const peersOf = (sites: readonly number[]) =>
  sites.map((site) => ({ site, name: `s${site}`, link: addressOf(site) }));

type Here = {
  readonly links: PeerLinks;
  readonly notices: Notice[];
  readonly turns: string[];
  readonly counts: Map<string, number>;
};

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** A site within this process. */
async function here(site: number, sites: readonly number[], keys = [K1]): Promise<Here> {
  const notices: Notice[] = [];
  const counts = new Map<string, number>();
  const turns: string[] = [];
  const links = openPeerLinks({
    world: realWorld(),
    wires: tlsWires({ site, keysNow: () => keys }),
    sink: countingSink(notices, counts),
    own: { site, epoch: 1, link: addressOf(site) },
    peers: peersOf(sites),
    ears: {
      onUp: (up) => void turns.push(`up ${up}`),
      onDown: (down) => void turns.push(`down ${down}`),
      onTold: () => undefined,
      onAsked: (_from, _subject, body, reply) => reply(body),
    },
  });
  open.push(links);
  expect(await links.open()).toEqual({ kind: 'listening' });
  return { links, notices, turns, counts };
}

/** A site in a process of its own. */
function elsewhere(
  site: number,
  sites: readonly number[],
  keys = [K1],
  epoch = 1,
  version?: number,
): Child {
  const options = writeOptions({
    site,
    version,
    epoch,
    keys,
    link: addressOf(site),
    peers: peersOf(sites),
  });
  const child = startChild(process.execPath, ['--import', 'tsx', MAIN, options], {
    lifeMs: LIFE_MS,
  });
  open.push({
    close() {
      child.signal('SIGCONT');
      return child.stop();
    },
  });
  return child;
}

const isUp = ({ links }: Here, site: number) => links.peer(site)?.link !== undefined;
const ask = ({ links }: Here, to: number, body = 'whose', withinMs = 2000) =>
  links.carry({ to, subject: 'stray', rank: 'vital', body: Buffer.from(body) }, withinMs);

const askInBulk = ({ links }: Here, to: number) =>
  links.carry({ to, subject: 'records', rank: 'bulk', body: Buffer.from('records') }, 2000);

describe('links over TLS', () => {
  test('of three processes carry what is asked, both ways', async () => {
    const children = [elsewhere(2, [1, 3]), elsewhere(3, [1, 2])];
    const first = await here(1, [2, 3]);
    await until('links', () => isUp(first, 2) && isUp(first, 3), 20_000);
    const answers = await Promise.all([ask(first, 2), ask(first, 3)]);

    expect(answers.map((one) => one.kind === 'answered' && one.body.toString())).toEqual([
      'whose at 2',
      'whose at 3',
    ]);
    const long = 'x'.repeat(60_000);
    const carried = await ask(first, 2, long);
    expect(carried.kind === 'answered' && carried.body.length).toBe(long.length + 5);
    for (const child of children) {
      await until('the third link', () => child.output().split('"peer-up"').length === 3);
    }
    await until('the time it takes', () => first.links.peer(2)?.link?.rttMs !== undefined);
    expect(first.links.peer(2)?.link?.rttMs).toBeLessThan(100);
  });

  test('to a process that is stopped are down in time, and up when it goes on', async () => {
    const child = elsewhere(2, [1]);
    const first = await here(1, [2]);
    await until('the link', () => isUp(first, 2), 20_000);
    child.signal('SIGSTOP');
    const since = performance.now();
    await until('it is down', () => !isUp(first, 2), 5000);
    const downMs = performance.now() - since;

    expect(downMs).toBeGreaterThan(LINK_SETTINGS.downAfterMs - 2 * LINK_SETTINGS.beatEveryMs);
    expect(downMs).toBeLessThan(LINK_SETTINGS.downAfterMs + 4 * LINK_SETTINGS.beatEveryMs);
    expect(first.notices.at(-1)).toMatchObject({ event: 'peer-down', why: 'silent', by: 'us' });
    const began = performance.now();
    expect(await ask(first, 2, 'gone', 30)).toEqual({ kind: 'unknown', why: 'down' });
    expect(performance.now() - began).toBeLessThan(20);
    child.signal('SIGCONT');
    await until('it is up again', () => isUp(first, 2), 15_000);
    expect((await ask(first, 2)).kind).toBe('answered');
  });

  test('to a process that was killed are down at once, and up with its next start', async () => {
    const child = elsewhere(2, [1]);
    const first = await here(1, [2]);
    await until('the link', () => isUp(first, 2), 20_000);
    child.signal('SIGKILL');
    await until('it is down', () => !isUp(first, 2), 500);
    await child.ended;
    elsewhere(2, [1], [K1], 2);
    await until('it is up again', () => isUp(first, 2), 20_000);

    expect(first.links.peer(2)?.link?.epoch).toBe(2);
  });

  test('are refused where a key of the same name differs, and both ends say so', async () => {
    const first = await here(1, [2], [K1]);
    const second = await here(2, [1], [key('k1', 9)]);
    const dialled = await until('the one who dials', () =>
      first.notices.find(({ event }) => event === 'peer-refused'),
    );
    const welcomed = await until('the one who is dialled', () =>
      second.notices.find(({ event }) => event === 'peer-stranger'),
    );

    expect(dialled).toMatchObject({ peer: 's2', at: '127.62.0.2:7112', why: 'wrong-key' });
    expect(welcomed).toMatchObject({ claims: 'k1.1', why: 'wrong-key' });
    expect([first.turns, second.turns]).toEqual([[], []]);
  });

  test('are refused where no key is known to both, and it is said which there are', async () => {
    const first = await here(1, [2], [K1]);
    const second = await here(2, [1], [K2]);
    const refused = await until('a refusal', () =>
      first.notices.find(({ event }) => event === 'peer-refused'),
    );

    expect(refused).toMatchObject({ peer: 's2', why: 'unknown-key' });
    expect(String(refused['says'])).toMatch(/it has k2 2$/);
    expect(second.turns).toEqual([]);
  });

  test.each([
    ['only one site has the new key', [K2, K1], [K1]],
    ['both have it, in different order', [K2, K1], [K1, K2]],
    ['only one still has the old one', [K2], [K1, K2]],
  ])('come about while keys are changed: %s', async (_, one, other) => {
    const first = await here(1, [2], one);
    const second = await here(2, [1], other);
    await until('the link', () => isUp(first, 2) && isUp(second, 1));

    expect((await ask(second, 1)).kind).toBe('answered');
  });

  test('carry what is asked in bulk, and nothing of it once they are filled', async () => {
    const child = elsewhere(2, [1]);
    const first = await here(1, [2]);
    await until('the link', () => isUp(first, 2), 20_000);
    expect(await askInBulk(first, 2)).toMatchObject({ kind: 'answered' });
    child.signal('SIGSTOP');
    // The system takes the first megabytes; what waits behind them is ours to bound.
    const body = Buffer.alloc(60_000);
    const tell = () => first.links.tell({ to: 2, subject: 'send', rank: 'ordinary', body });
    let told = 0;
    while (told < 1000 && tell()) told += 1;

    expect(told).toBeLessThan(1000);
    expect(await askInBulk(first, 2)).toEqual({ kind: 'unknown', why: 'shed' });
    const body2 = Buffer.from('vital');
    expect(first.links.tell({ to: 2, subject: 'held', rank: 'vital', body: body2 })).toBe(true);
    expect(Object.fromEntries(first.counts)).toMatchObject({
      'peer_frames/shed-ordinary': 1,
      'peer_frames/shed-bulk': 1,
    });
  });

  test('to an older version carry what that knows, and name what it does not', async () => {
    elsewhere(2, [1], [K1], 1, 1);
    const first = await here(1, [2]);
    await until('the link', () => isUp(first, 2), 20_000);

    expect(first.links.peer(2)?.link?.version).toBe(1);
    expect(await askInBulk(first, 2)).toEqual({ kind: 'unknown', why: 'not-understood' });
    expect((await ask(first, 2)).kind).toBe('answered');
  });

  test('take nobody without a key, however they come', async () => {
    const first = await here(1, [2]);
    const { address: host, port } = addressOf(1);
    const plain = connectTcp({ host, port });
    plain.on('error', () => undefined);
    plain.write('GET / HTTP/1.1\r\n\r\n');
    const certified = connectTls({ host, port, rejectUnauthorized: false });
    certified.on('error', () => undefined);
    const ended = [plain, certified].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    await Promise.all(ended);

    await until('both are told', () => first.counts.get('peer_frames/refused') === 2);
    const strangers = first.notices.filter(({ event }) => event === 'peer-stranger');
    expect(strangers.map(({ why }) => why)).toEqual(['no-peer', 'no-peer']);
    expect(first.turns).toEqual([]);
  });

  test('cannot be opened where somebody else listens', async () => {
    await here(1, []);
    const second = openPeerLinks({
      world: realWorld(),
      wires: tlsWires({ site: 2, keysNow: () => [K1] }),
      sink: countingSink([], new Map()),
      own: { site: 2, epoch: 1, link: addressOf(1) },
      peers: [],
      ears: {
        onUp: () => undefined,
        onDown: () => undefined,
        onTold: () => undefined,
        onAsked: () => undefined,
      },
    });

    expect(await second.open()).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('EADDRINUSE'),
    });
    await second.close();
  });
});
