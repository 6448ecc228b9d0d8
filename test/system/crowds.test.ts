import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Address } from '../../lib/sip/address.ts';
import { openAuthority } from '../support/certificates.ts';
import { complaintsOf } from '../support/sipp.ts';
import { addressesOf, listensOn } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { callOn } from '../support/stream-caller.ts';
import { request, tcpLine, tlsLine } from '../support/tcp-caller.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const NET = '127.21.80';
/** What one source may have that says nothing; and how many come. */
const SILENT_MAX = 500;
const SILENT = 600;
/** With as many milliseconds between them: half of what one source may open in a second. */
const AT_ONCE = 50;
const CALLS_PER_SEC = 10;
/** What is answered by the node itself is answered within so long. */
const ANSWER_MS = 2000;
const GROWN_BYTES_MAX = 150e6;
jest.setTimeout(60_000);

const { anycast: A, unicast } = addressesOf(NET);
const A_TLS = { ...A, port: 5061 };
const CALLER = { address: `${NET}.102`, port: 5060 };

describe('crowds of connections that are no callers', () => {
  let stage: Stage;
  let folder: TempFolder;
  let authorities: string;
  let hello: Buffer;
  let before: { readonly handles: number; readonly rss: number };
  const crowd: Socket[] = [];
  beforeAll(async () => {
    folder = tempFolder('crowds');
    const authority = openAuthority(folder.path);
    const { certificate, key } = authority.issue('node', names);
    const [ownCertificate, ownKey] = ['tls.pem', 'tls.key'].map((name) => join(folder.path, name));
    copyFileSync(certificate, ownCertificate ?? '');
    copyFileSync(key, ownKey ?? '');
    authorities = readFileSync(authority.certificate, 'utf8');
    hello = await clientHello();
    const tls = { certificate: ownCertificate, key: ownKey };
    const trunks = [{ name: 'honest', source: [`${NET}.101`, `${NET}.102`] }];
    const keys = { listen: listensOn(NET, 'udp', 'tcp', 'tls'), tls, trunks };
    stage = await openStage({ net: NET, keys });
    await stage.gateway('uas-answer', { withinSec: 60 });
    await amidCalls(pause(100));
    before = { handles: handles(), rss: rss() };
  });
  afterAll(async () => {
    leave();
    expect(await stage.close()).toBe(0);
    folder.remove();
  });

  const names = [A, unicast].map(({ address }) => `IP:${address}`);
  const handles = () => readdirSync(`/proc/${stage.site.child.pid}/fd`).length;
  const rss = () => {
    const status = readFileSync(`/proc/${stage.site.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  };
  const inside = () => stage.site.metric('landfall_connections', 'direction="in"');
  const givenUp = (why: string) =>
    stage.site.metric('landfall_connections_given_up_total', `why="${why}"`);
  const leave = () => {
    for (const socket of crowd.splice(0)) socket.resetAndDestroy();
  };

  /** Emergency calls by UDP, TCP and TLS go on as long as the deed, each answered in time. */
  async function amidCalls(deed: Promise<unknown>): Promise<void> {
    let isOver = false;
    const goOn = async (call: () => Promise<number>) => {
      const times: number[] = [];
      while (!isOver) {
        times.push(await call());
        await pause(1000 / CALLS_PER_SEC);
      }
      expect(times.filter((ms) => ms > ANSWER_MS)).toEqual([]);
      return times.length;
    };
    const from = CALLER.address;
    const lines = [
      goOn(() => callOn(() => tcpLine(from, A), CALLER, A)),
      goOn(() => callOn(() => tlsLine(from, A_TLS, authorities), CALLER, A_TLS, 'tls')),
    ];
    const load = { calls: 10, perSec: CALLS_PER_SEC, pauseMs: 100, withinSec: 30 };
    const end = await stage.call('uac-honours-contact', load);
    await deed;
    isOver = true;
    expect(complaintsOf(end)).toBe('');
    for (const count of await Promise.all(lines)) expect(count).toBeGreaterThan(0);
  }

  /** Connections of one source, as fast as it may open them. */
  async function gather(host: number, count: number, to: Address): Promise<readonly Socket[]> {
    const come: Socket[] = [];
    for (let batch = 0; batch < count; batch += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, () => {
        const local = { localAddress: `${NET}.${host}`, noDelay: true };
        const socket = connect({ host: to.address, port: to.port, ...local });
        socket.on('error', () => undefined);
        return socket;
      });
      await Promise.all(some.map((socket) => Promise.race([once(socket, 'connect'), pause(5000)])));
      come.push(...some);
      await pause(2 * AT_ONCE);
    }
    crowd.push(...come);
    return come;
  }

  const open = (sockets: readonly Socket[]) => sockets.filter(({ destroyed }) => !destroyed);

  async function back(): Promise<void> {
    leave();
    await until('the connections are gone', async () => (await inside()) === 0, 10_000);
    await until('so are their handles', () => handles() <= before.handles, 10_000);
  }

  test('who says a byte now and then has room for so many, and nobody else notices', async () => {
    const invite = request('INVITE', { callId: 'slow', from: CALLER, to: A, cseq: 1 });
    await amidCalls(
      (async () => {
        const slow = await gather(120, SILENT, A);
        for (let at = 0; at < 10; at += 1) {
          for (const socket of open(slow)) socket.write(invite[at] ?? '');
          await pause(100);
        }
        await until('the surplus is gone', () => open(slow).length === SILENT_MAX, 10_000);
      })(),
    );
    expect(await givenUp('newcomer')).toBe(SILENT - SILENT_MAX);
    const told = stage.site.notices().filter(({ event }) => event === 'connections-given-up');
    expect(told).toMatchObject([{ level: 'warn', why: 'newcomer', source: `${NET}.x` }]);
    await back();
  });

  test('who leaves in the middle of the headers, or of the body, leaves nothing behind', async () => {
    const said = { callId: 'leaves', from: CALLER, to: A, cseq: 1, body: 'v=0\r\n'.repeat(100) };
    const invite = request('INVITE', said);
    const records = stage.site.records().length;
    await amidCalls(
      (async () => {
        const some = await gather(121, 300, A);
        for (const [at, socket] of some.entries()) {
          socket.write(invite.slice(0, 1 + Math.floor((at / some.length) * (invite.length - 1))));
        }
        await pause(200);
        for (const [at, socket] of some.entries()) {
          if (at % 2 === 0) socket.resetAndDestroy();
          else socket.end();
        }
      })(),
    );
    await back();
    const later = stage.site.records().slice(records);
    expect(later.filter(({ sipCallIdA }) => sipCallIdA === 'leaves')).toEqual([]);
  });

  test('handshakes that stall, and such that are garbage, cost callers over TLS nothing', async () => {
    const words = [hello, Buffer.from('GET / HTTP/1.1\r\n\r\n'), hello.subarray(0, 50)];
    const refusedBefore = await refused();
    await amidCalls(
      Promise.all(
        [122, 123, 124].map(async (host, kind) => {
          const some = await gather(host, 300, A_TLS);
          for (const socket of open(some)) socket.write(words[kind] ?? '');
          await pause(500);
        }),
      ),
    );
    // Each source has its share of a second, and who is beyond it is turned away at once.
    expect((await refused()) - refusedBefore).toBeGreaterThan(0);
    expect(await stage.site.metric('landfall_tls_refused_total', 'by="them"')).toBeGreaterThan(50);
    const told = stage.site.notices().filter(({ event }) => event === 'tls-refused');
    expect(told.length).toBeLessThanOrEqual(20);
    await back();
  });

  const refused = () => stage.site.metric('landfall_connections_refused_total', 'per-second');

  test('and afterwards nothing has grown', async () => {
    await amidCalls(pause(100));
    await until(
      'the last call',
      async () => (await stage.site.metric('landfall_calls_active')) === 0,
    );
    await back();
    expect(rss() - before.rss).toBeLessThan(GROWN_BYTES_MAX);
    const { length } = stage.site.records().filter(({ status }) => status !== 200);
    expect(length).toBe(0);
  });
});

/** What a client says first. */
async function clientHello(): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connectTls({ port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  const [socket]: Socket[] = await once(server, 'connection');
  const [bytes]: Buffer[] = socket === undefined ? [] : await once(socket, 'data');
  client.destroy();
  server.close();
  if (bytes === undefined) throw new Error('a TLS client said nothing');
  return bytes;
}
