import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { realWorld } from '../../../lib/base/real-world.ts';
import type { Claim } from '../../../lib/cluster/claims/claim.ts';
import type { ClaimStore } from '../../../lib/cluster/claims/claim-store.ts';
import { openClaimRedis } from '../../../lib/cluster/redis/claim-redis.ts';
import type { Notice } from '../../../lib/ports/event-sink.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';
import { until } from '../../support/until.ts';
import { countingSink } from '../../support/virtual-peers.ts';
import { someClaim } from '../../unit/cluster/claims/some-claim.ts';

const ADDRESS = '127.62.0.50';
jest.setTimeout(60_000);

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function redis(): Promise<RedisServer> {
  const server = await startRedis(ADDRESS);
  open.push(server);
  return server;
}

function store(url = `redis://${ADDRESS}:6379`, site = 1) {
  const notices: Notice[] = [];
  const counts = new Map<string, number>();
  const options = { url, site };
  const claims: ClaimStore = openClaimRedis({
    world: realWorld(),
    sink: countingSink(notices, counts),
    options,
  });
  open.push(claims);
  const count = (outcome: string) => counts.get(`claim_batches/${outcome}`) ?? 0;
  return { claims, notices, count };
}

type Opened = ReturnType<typeof store>;

const isUp = ({ notices }: Opened) => notices.at(-1)?.event === 'redis-up';

async function loaded({ claims }: Opened): Promise<readonly Claim[]> {
  const found: Claim[] = [];
  await claims.load((claim) => void found.push(claim));
  return found;
}

/** How long the slowest of many took to be handed over. */
function keepMany({ claims }: Opened, count: number, from = 0): number {
  let slowestMs = 0;
  for (let serial = from; serial < from + count; serial += 1) {
    const claim = someClaim({ callId: `c${serial}`, serial });
    const since = performance.now();
    claims.keep(claim);
    slowestMs = Math.max(slowestMs, performance.now() - since);
  }
  return slowestMs;
}

describe('claims in Redis', () => {
  test('are there for the next start of the node, as they were last', async () => {
    await redis();
    const first = store();
    await until('redis', () => isUp(first));
    first.claims.keep(someClaim({ serial: 1 }));
    first.claims.keep(someClaim({ serial: 2, callId: 'two' }));
    first.claims.keep(someClaim({ serial: 1, phase: 'ringing' }));
    await until('a batch', () => first.count('kept') > 0);
    first.claims.keep(someClaim({ serial: 2, callId: 'two', phase: 'failed' }));
    await first.claims.close();

    const found = await loaded(store());
    expect(new Map(found.map((claim) => [claim.id as string, claim.phase]))).toEqual(
      new Map([
        ['1.1.1', 'ringing'],
        ['1.1.2', 'failed'],
      ]),
    );
    expect(found.find(({ serial }) => serial === 1)).toEqual(someClaim({ phase: 'ringing' }));
  });

  test('of another site are not loaded, and what is no claim is left', async () => {
    const { child } = await redis();
    const first = store(undefined, 7);
    await until('redis', () => isUp(first));
    first.claims.keep(someClaim());
    await until('a batch', () => first.count('kept') === 1);
    expect(await loaded(store())).toEqual([]);
    expect(await loaded(store(undefined, 7))).toHaveLength(1);
    expect(child.isOver()).toBe(false);
  });

  test('by the thousand are kept in batches', async () => {
    await redis();
    const first = store();
    await until('redis', () => isUp(first));
    keepMany(first, 5000);
    await until('all of them', () => first.count('kept') === 5);
    expect(await loaded(store())).toHaveLength(5000);
  });
});

describe('a Redis that is no help', () => {
  test('since it is not there holds nobody up, and is used when it comes', async () => {
    const first = store();
    const began = performance.now();
    expect(keepMany(first, 1000)).toBeLessThan(50);
    await until('it is told', () => first.notices.length > 0);
    expect(first.notices).toMatchObject([{ event: 'redis-down', level: 'warn' }]);
    expect(performance.now() - began).toBeLessThan(3000);
    await until('a lost batch', () => first.count('lost') > 0);
    await redis();
    await until('it is up', () => isUp(first), 15_000);
    keepMany(first, 10, 5000);
    await until('a batch', () => first.count('kept') > 0);
  });

  test('since it is hung loses what it was given, and is used again when it goes on', async () => {
    const server = await redis();
    const first = store();
    await until('redis', () => isUp(first));
    server.child.signal('SIGSTOP');
    for (let turn = 0; turn < 20; turn += 1) {
      expect(keepMany(first, 100, turn * 100)).toBeLessThan(50);
      await pause(50);
    }
    expect([first.count('kept'), first.count('lost') > 0]).toEqual([0, true]);
    server.child.signal('SIGCONT');
    await until('it is up', () => isUp(first), 15_000);
    keepMany(first, 10, 5000);
    await until('a batch', () => first.count('kept') > 0, 10_000);
  });

  test('since it is not there is tried once a second, however much there is to keep', async () => {
    const first = store();
    for (let turn = 0; turn < 15; turn += 1) {
      keepMany(first, 10, turn * 10);
      await pause(50);
    }
    expect(first.count('lost')).toBeLessThan(4);
  });

  test('since it was killed is told of, and used again when it is back', async () => {
    const server = await redis();
    const first = store();
    await until('redis', () => isUp(first));
    server.child.signal('SIGKILL');
    await until('it is told', () => !isUp(first));
    keepMany(first, 100);
    await until('a lost batch', () => first.count('lost') > 0);
    await server.child.ended;
    await redis();
    await until('it is up', () => isUp(first), 15_000);
    keepMany(first, 10, 5000);
    await until('a batch', () => first.count('kept') > 0, 10_000);
  });

  const HTTP = 'HTTP/1.1 400 Bad Request\r\n\r\n';
  test.each<readonly [string, (socket: Socket) => void]>([
    ['says HTTP', (socket) => void socket.on('data', () => socket.write(HTTP))],
    ['says nonsense', (socket) => void socket.on('data', () => socket.write('*3\r\n$-7\r\n\0\0'))],
    ['says more than it was asked', (socket) => void socket.write('+OK\r\n'.repeat(1000))],
    ['says OK to everything', (socket) => void socket.on('data', () => socket.write('+OK\r\n'))],
    [
      'says an error to everything',
      (socket) => void socket.on('data', () => socket.write('-ERR no\r\n')),
    ],
    [
      'says a length that never comes',
      (socket) => void socket.on('data', () => socket.write('$999999999\r\nx')),
    ],
    ['says nothing', () => undefined],
    ['hangs up', (socket) => void socket.destroy()],
  ])('since it %s costs what it was given, and nothing else', async (_, speak) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      sockets.add(socket);
      speak(socket);
    });
    await new Promise<void>((resolve) => server.listen(6379, ADDRESS, () => resolve()));
    open.push({
      close: () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    });
    const first = store();
    const loading = loaded(first);
    for (let turn = 0; turn < 10; turn += 1) {
      expect(keepMany(first, 100, turn * 100)).toBeLessThan(50);
      await pause(50);
    }
    await until('a batch was given', () => first.count('lost') + first.count('kept') > 0);
    expect(first.count('full')).toBe(0);
    await first.claims.close();
    expect(sockets.size).toBeLessThan(15);
    expect(await loading).toEqual([]);
  });

  test('takes no more of the memory than it may', () => {
    const first = store();
    keepMany(first, 25_000);
    expect(first.count('full')).toBe(5000);
  });
});
