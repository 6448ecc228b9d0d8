import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { realWorld } from '../../lib/base/real-world.ts';
import { writeClaim } from '../../lib/cluster/claims/claim-text.ts';
import { encodeFrame } from '../../lib/cluster/links/frame.ts';
import { writeReturn, writeStray } from '../../lib/cluster/relay/stray-frame.ts';
import { sipCallId } from '../../lib/sip/ids.ts';
import { type ClusterKey, type KeyId, tokenMint } from '../../lib/sip/owner-token.ts';
import { writeOptions } from '../fakes/peer-site/options.ts';
import { type Child, startChild } from '../support/child.ts';
import { openLyingPeer } from '../support/lying-peer.ts';
import { complaintsOf } from '../support/sipp.ts';
import { PROGRAM } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { storm } from '../support/storm.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { someClaim } from '../unit/cluster/claims/some-claim.ts';

/** Messages of each storm by UDP; `LANDFALL_HOSTILE_COUNT=100000` plays more. */
const COUNT = Number(process.env['LANDFALL_HOSTILE_COUNT'] ?? 20_000);
const FRAMES = COUNT / 10;
const FRAMES_AT_ONCE = 200;
const CONNECTIONS = 50;
const EMERGENCY_PER_SEC = 10;
/** As long as a storm lasts on a busy machine, and longer. */
const CALLS = EMERGENCY_PER_SEC * Math.max(3, Math.ceil(COUNT / 12_000));
/** What Node takes for itself under load; nothing is kept of what was answered. */
const GROWN_BYTES_MAX = 200e6;
const LIFE_MS = 30_000 + COUNT * 3;
jest.setTimeout(LIFE_MS);

const NET = '127.21.62';
const PEER = join(__dirname, '../fakes/peer-site/main.ts');
const KEY: ClusterKey = {
  id: 'k1' as KeyId,
  secret: Buffer.from('of the cluster'.padEnd(40, '.')),
};
const linkOf = (site: number) => ({ address: `${NET}.${200 + site}`, port: 7112 });
const written = ({ address, port }: { address: string; port: number }) => `${address}:${port}`;
const at = (host: number) => ({ address: `${NET}.${host}`, port: 5060 });

describe(`a site with a peer, while ${COUNT} messages of each kind try it`, () => {
  let stage: Stage;
  let peer: Child;
  let rssBefore: number;
  const folder = tempFolder('hostile');
  beforeAll(async () => {
    writeFileSync(join(folder.path, 'k1'), Buffer.from(KEY.secret));
    stage = await openStage({
      net: NET,
      keys: {
        trunks: [{ name: 'honest', source: [`${NET}.101`] }],
        peers: [2, 3].map((number) => ({
          site: `s${number}`,
          number,
          link: written(linkOf(number)),
        })),
        cluster: { keys: [`k1=file:${folder.path}/k1`], link: written(linkOf(1)) },
      },
    });
    const own = { site: 2, epoch: 1, keys: [KEY], link: linkOf(2) };
    const peers = [{ site: 1, name: 's1', link: linkOf(1) }];
    const words = ['--import', 'tsx', PEER, writeOptions({ ...own, peers })];
    peer = startChild(process.execPath, words, { lifeMs: LIFE_MS });
    await until('the link', async () => (await up('s2')) === 1, 15_000);
    await stage.gateway('uas-answer');
    rssBefore = rssOf(stage.site.child.pid);
  });
  afterAll(async () => {
    await peer.stop();
    expect(await stage.close()).toBe(0);
    folder.remove();
  });

  const up = (name: string) => stage.site.metric('landfall_peer_up', `peer="${name}"`);
  const strays = (verdict: string) =>
    stage.site.metric('landfall_strays_total', `verdict="${verdict}"`);
  const relayed = (outcome?: string) =>
    stage.site.metric('landfall_relayed_total', outcome && `outcome="${outcome}"`);

  /** Emergency calls of another source go on as long as the deed. */
  async function amidCalls<T>(deed: Promise<T>): Promise<T> {
    const load = { pauseMs: 100, atOnceMax: 400, withinSec: 60 };
    const run = { ...load, calls: CALLS, perSec: EMERGENCY_PER_SEC };
    const [done, end] = await Promise.all([deed, stage.call('uac-honours-contact', run)]);
    expect(complaintsOf(end)).toBe('');
    expect(end.succeeded).toBe(CALLS);
    return done;
  }

  async function known() {
    const args = [PROGRAM, 'nodes', '--json', '--admin', stage.site.admin];
    const child = startChild(process.execPath, args, { lifeMs: 10_000 });
    await child.ended;
    return JSON.parse(child.output()).claims as { owned: number; held: number; buried: number };
  }

  test('forged tokens: each is told 481 and counted, none goes to the site that it names', async () => {
    const forged = forgeries();
    const { statuses } = await amidCalls(
      storm(at(102), stage.site.anycast, COUNT, (serial) => byeOf(serial, forged(serial))),
    );

    expect([...statuses]).toEqual([[481, COUNT]]);
    expect(await strays('forged')).toBe(COUNT);
    expect(await relayed()).toBe(0);
  });

  test('CANCELs of nothing: a storm of one source pushes out its own graves alone', async () => {
    const { statuses } = await amidCalls(storm(at(103), stage.site.anycast, COUNT, cancelOf));

    expect([...statuses]).toEqual([[481, COUNT]]);
    expect(await strays('early-cancel')).toBe(COUNT);
    const { buried } = await known();
    expect(buried).toBeGreaterThan(0);
    expect(buried).toBeLessThanOrEqual(64);
    expect(await relayed()).toBe(0);
  });

  test('frames that a holder of the key says again and again', async () => {
    const liar = await openLyingPeer({ site: 3, key: KEY, far: { site: 1, ...linkOf(1) } });
    const { held } = await known();
    const frames = replayed(stage);
    const answers = () => liar.heard.filter(({ kind }) => kind === 'answer');
    for (let turn = 1; turn <= FRAMES; turn += 1) {
      for (const frame of frames) liar.say(frame);
      // Who says thousands in one go is silent in the eyes of a link until all are on their way.
      if (turn % FRAMES_AT_ONCE === 0 || turn === FRAMES)
        await until('every answer', () => answers().length === turn, 20_000);
    }

    const said = new Set(answers().map((frame) => 'body' in frame && frame.body.toString()));
    expect([...said]).toEqual(['unknown']);
    await until('all are counted', async () => (await relayed('unasked')) === FRAMES);
    expect(await relayed()).toBe(FRAMES);
    expect((await known()).held).toBe(held + 1);
    liar.end();
  });

  test('frames that are cut off or garbled end their link, and nothing else', async () => {
    const [frame = Buffer.alloc(0)] = replayed(stage);
    for (let turn = 1; turn <= CONNECTIONS; turn += 1) {
      const liar = await openLyingPeer({ site: 3, key: KEY, far: { site: 1, ...linkOf(1) } });
      const isGarbled = turn % 2 === 0;
      const bytes = Buffer.from(frame);
      if (isGarbled) bytes[5] = 99;
      liar.say(isGarbled ? bytes : bytes.subarray(0, turn % frame.length));
      if (isGarbled) await until('its end', () => liar.isOver());
      else liar.end();
      expect(liar.heard.filter(({ kind }) => kind === 'answer')).toEqual([]);
    }

    const garbled = await stage.site.metric('landfall_peer_frames_total', 'outcome="garbled"');
    expect(garbled).toBe(CONNECTIONS / 2);
    expect(await up('s2')).toBe(1);
  });

  test('and afterwards nothing has grown', async () => {
    await stage.site.recordsOf(2 * CALLS);
    await until(
      'the last call',
      async () => (await stage.site.metric('landfall_calls_active')) === 0,
    );
    expect(rssOf(stage.site.child.pid) - rssBefore).toBeLessThan(GROWN_BYTES_MAX);
    expect(stage.site.records()).toHaveLength(2 * CALLS);
  });
});

/** Every kind in turn: a wrong MAC, an unknown key, another call's; some of a wrong shape. */
function forgeries(): (serial: number) => string {
  const { rng } = realWorld();
  const mintOf = (site: number) => tokenMint({ keys: [KEY], site, epoch: 1, rng });
  const stranger: ClusterKey = { ...KEY, secret: Buffer.alloc(40, 7) };
  const wrongKey = (site: number) => tokenMint({ keys: [stranger], site, epoch: 1, rng });
  const unknownKey = tokenMint({ keys: [{ ...KEY, id: 'k9' as KeyId }], site: 2, epoch: 1, rng });
  const kinds = [wrongKey(1), wrongKey(2), unknownKey, mintOf(1), mintOf(2)];
  return (serial) => {
    const { tag } = (kinds[serial % kinds.length] ?? unknownKey)(
      true,
      sipCallId('of another call'),
    );
    return serial % 7 === 0 ? tag.replace('e.', 'x.') : tag;
  };
}

const byeOf = (serial: number, tag: string) =>
  requestOf(serial % 2 === 0 ? 'BYE' : 'INFO', serial, `;tag=${tag}`);
const cancelOf = (serial: number) => requestOf('CANCEL', serial, '');

function requestOf(method: string, serial: number, tag: string): string {
  return [
    `${method} sip:112@${NET}.112 SIP/2.0`,
    `Via: SIP/2.0/UDP ${NET}.102;branch=z9hG4bK-hostile-${method}-${serial};rport`,
    'Max-Forwards: 70',
    `From: <sip:stranger@${NET}.102>;tag=s${serial}`,
    `To: <sip:112@${NET}.112>${tag}`,
    `Call-ID: hostile-${serial}`,
    `CSeq: 2 ${method}`,
    'Content-Length: 0\r\n\r\n',
  ].join('\r\n');
}

/** A stray with a forged token, a claim that is told, and something to send for nobody. */
function replayed({ site }: Stage): readonly Buffer[] {
  const stray = writeStray({
    number: 7,
    source: at(104),
    transport: 'udp',
    emergency: false,
    listener: { ...site.anycast, role: 'anycast' },
    raw: Buffer.from(byeOf(COUNT, forgeries()(COUNT))),
  });
  const claim = someClaim({ site: 3, callId: 'held again and again' });
  const send = writeReturn({ number: 4711, raw: Buffer.from('SIP/2.0 200 OK\r\n\r\n') });
  return [
    encodeFrame({ kind: 'ask', id: 1, rank: 'vital', subject: 'stray', body: stray }),
    encodeFrame({
      kind: 'tell',
      rank: 'vital',
      subject: 'held',
      body: Buffer.from(writeClaim(claim)),
    }),
    encodeFrame({ kind: 'tell', rank: 'vital', subject: 'send', body: send }),
  ];
}

function rssOf(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}
