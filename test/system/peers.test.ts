import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openCallers } from '../support/callers.ts';
import { startChild } from '../support/child.ts';
import { startLabGateway } from '../support/lab-gateway.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { sdpOf } from '../support/rtp-peer.ts';
import { PROGRAM, type Site, startSite } from '../support/site.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const NET = '127.62';
const NAMES = ['', 'sto', 'got', 'mal'];
jest.setTimeout(60_000);

type Running = { readonly site: Site; readonly folder: TempFolder; readonly keys: object };

const running: Running[] = [];
let redis: RedisServer | undefined;
afterEach(async () => {
  for (const { site, folder } of running.splice(0)) {
    site.child.signal('SIGCONT');
    await site.endNow();
    folder.remove();
  }
  await redis?.close();
  redis = undefined;
});

const linkOf = (number: number) => `${NET}.${number}.7:7112`;

/** A node that knows these others; its key is a file of its own. */
async function begin(
  number: number,
  others: readonly number[],
  secret = 'of the cluster',
  redis?: string,
) {
  const folder = tempFolder(`peers-${number}`);
  writeFileSync(join(folder.path, 'k1'), secret.padEnd(40, '.'));
  writeFileSync(join(folder.path, 'k2'), 'the next one'.padEnd(40, '.'));
  const keys = {
    site: NAMES[number],
    siteNumber: number,
    peers: others.map((other) => ({ site: NAMES[other], number: other, link: linkOf(other) })),
    cluster: {
      keys: [`k1=file:${folder.path}/k1`],
      link: linkOf(number),
      ...(redis === undefined ? {} : { redis }),
    },
  };
  const gateways = [{ address: `${NET}.${number}.31`, port: 5080 }];
  const site = await startSite({ folder: folder.path, net: `${NET}.${number}`, gateways, keys });
  const one = { site, folder, keys };
  running.push(one);
  return one;
}

const isUp = ({ site }: Running, number: number) =>
  site.metric('landfall_peer_up', `peer="${NAMES[number]}"`).then((value) => value === 1);

const noticesOf = ({ site }: Running, event: string) =>
  site.notices().filter((notice) => notice.event === event);

describe('nodes with peers', () => {
  test('have links with one another, and show them', async () => {
    const nodes = [await begin(1, [2, 3]), await begin(2, [1, 3]), await begin(3, [1, 2])];
    for (const [at, node] of nodes.entries()) {
      for (const number of [1, 2, 3].filter((one) => one !== at + 1)) {
        await until(`a link to ${NAMES[number]}`, () => isUp(node, number), 10_000);
      }
      expect(await node.site.metric('landfall_peer_rtt_seconds')).toBeLessThan(0.2);
      await until('both are told', () => noticesOf(node, 'peer-up').length === 2);
    }
  });

  test('see that one of them is stopped, or gone, and that it is back', async () => {
    const [first, second] = [await begin(1, [2]), await begin(2, [1])];
    await until('the link', () => isUp(first, 2), 10_000);
    second.site.child.signal('SIGSTOP');
    await until('it is down', async () => !(await isUp(first, 2)), 5000);
    const down = await until('it is told', () => noticesOf(first, 'peer-down').at(-1));
    expect(down).toMatchObject({ peer: 'got', siteNumber: 2, why: 'silent' });
    second.site.child.signal('SIGCONT');
    await until('it is up', () => isUp(first, 2), 15_000);
    const end = await second.site.endNow();
    expect(end.code).toBe(0);
    await until('it has said so', () => noticesOf(first, 'peer-down').length === 2);
    expect(noticesOf(first, 'peer-down')[1]).toMatchObject({ why: 'closing', level: 'info' });
  });

  test('with different keys have no link, and say why', async () => {
    const [first, second] = [await begin(1, [2]), await begin(2, [1], 'of somebody else')];
    const refused = await until('it is told', () => noticesOf(first, 'peer-refused').at(-1));
    expect(['wrong-key', 'unreachable']).toContain(refused['why']);
    await until('the key is the reason', () =>
      [first, second].some((node) =>
        noticesOf(node, 'peer-refused').some(({ why }) => why === 'wrong-key'),
      ),
    );
    expect([await isUp(first, 2), await isUp(second, 1)]).toEqual([false, false]);
  });

  test('take a further key while they run, and a change of peers only at their start', async () => {
    const [first, second] = [await begin(1, [2]), await begin(2, [1])];
    await until('the link', () => isUp(first, 2), 10_000);
    const reload = async ({ site }: Running) => {
      const args = [PROGRAM, 'reload', '--admin', site.admin];
      const child = startChild(process.execPath, args, { lifeMs: 10_000 });
      const { code } = await child.ended;
      return { code, said: child.output() };
    };
    for (const node of [first, second]) {
      const { path } = node.folder;
      const keys = [`k1=file:${path}/k1`, `k2=file:${path}/k2`];
      const cluster = { keys, link: linkOf(node === first ? 1 : 2) };
      node.site.rewrite({ ...node.keys, cluster });
      expect(await reload(node)).toEqual({ code: 0, said: '+ cluster.keys[k2]: ***\n' });
    }
    expect(await isUp(first, 2)).toBe(true);
    first.site.rewrite({ ...first.keys, peers: [] });
    expect((await reload(first)).said).toContain('peers[got]');
    expect(await isUp(first, 2)).toBe(true);
  });

  test('keep what they know of calls in Redis, and never wait for it', async () => {
    redis = await startRedis(`${NET}.1.8`);
    const local = { address: `${NET}.1.101`, port: 5060 };
    const { site } = await begin(1, [2], undefined, redis.url);
    await begin(2, [1]);
    const gateway = startLabGateway({ address: `${NET}.1.31`, port: 5080 });
    const callers = await openCallers(local, site.anycast);
    const answeredAfter = async () => {
      const begun = performance.now();
      const sdp = sdpOf({ at: { ...local, port: 4000 } });
      const caller = callers.call({ uri: `sip:112@${site.anycast.address}`, sdp });
      await caller.isAnswered();
      caller.leave();
      return performance.now() - begun;
    };

    await answeredAfter();
    const client = new Redis(redis.url);
    await until('a claim', async () => (await client.keys('landfall:claims:1:*')).length > 0);
    client.disconnect();
    const before = await answeredAfter();
    redis.child.signal('SIGSTOP');
    const hung = await answeredAfter();

    expect(hung).toBeLessThan(before + 500);
    await callers.close();
    await gateway.stop();
  });
});
