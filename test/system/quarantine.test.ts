import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Child, startChild } from '../support/child.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { addressesOf } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';

const NET = '127.21.82';
const DYING = { address: `${NET}.66`, port: 5060 };
const CALLER = { address: `${NET}.102`, port: 5060 };
const PROGRAM = join(__dirname, '../fakes/dying-node/main.ts');
jest.setTimeout(60_000);

const { anycast: A } = addressesOf(NET);

function invite(user: string, callId: string): string {
  return [
    `INVITE sip:${user}@${NET}.112 SIP/2.0`,
    `Via: SIP/2.0/UDP ${CALLER.address};branch=z9hG4bK${callId};rport`,
    'Max-Forwards: 70',
    `From: <sip:caller@${CALLER.address}>;tag=f${callId}`,
    `To: <sip:${user}@${NET}.112>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:caller@${CALLER.address}>`,
    'Content-Length: 0\r\n\r\n',
  ].join('\r\n');
}

describe('a message that ends the process', () => {
  const folder = tempFolder('quarantine');
  const stateDir = join(folder.path, 'state');
  let sink: UdpSink;
  let stage: Stage | undefined;
  const children: Child[] = [];
  beforeAll(async () => {
    mkdirSync(stateDir);
    sink = await openUdpSink(CALLER);
  });
  afterAll(async () => {
    for (const child of children) child.signal('SIGKILL');
    await Promise.all(children.map(({ ended }) => ended));
    await sink.close();
    expect(await stage?.close()).toBe(0);
    folder.remove();
  });

  const kept = () => readdirSync(join(stateDir, 'quarantine')).sort();

  async function start(): Promise<Child> {
    const words = ['--import', 'tsx', PROGRAM, stateDir, DYING.address];
    const child = startChild(process.execPath, words, { lifeMs: 30_000 });
    children.push(child);
    await until('it listens', () => child.output().includes('"listening":"listening"'), 15_000);
    return child;
  }

  /** The final answer; undefined: the process ended of it. */
  async function answerTo(child: Child, text: string): Promise<string | undefined> {
    sink.received.length = 0;
    sink.send(text, DYING);
    const callId = headerOf(text, 'Call-ID');
    const isFinal = (said: string) =>
      headerOf(said, 'Call-ID') === callId && !said.startsWith('SIP/2.0 1');
    return await until('an answer or the end', () => {
      const found = sink.received.find(({ text: said }) => isFinal(said));
      return found?.text ?? (child.isOver() ? 'ended' : undefined);
    }).then((said) => (said === 'ended' ? undefined : said));
  }

  const notices = (child: Child) =>
    child
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): Record<string, unknown> => JSON.parse(line));

  test('does so twice, whatever kills, and is refused from then on; others are served', async () => {
    const killers = ['abort', 'kill'].map((how) => invite(how, `dies-by-${how}`));
    for (const [at, killer] of killers.entries()) {
      for (const deaths of [1, 2]) {
        const child = await start();
        const answer = await answerTo(child, invite('112', `before-${at}-${deaths}`));
        expect(answer).toContain('SIP/2.0 486');
        expect(await answerTo(child, killer)).toBeUndefined();
        expect((await child.ended).signal).toMatch(/^SIG(ABRT|KILL)$/);
      }
    }
    const child = await start();
    for (const killer of killers) {
      const refusal = await answerTo(child, killer);
      expect(refusal).toContain('SIP/2.0 500');
      expect(headerOf(refusal ?? '', 'Warning')).toContain('has ended this node before');
      expect(headerOf(refusal ?? '', 'Retry-After')).toBe('');
    }
    expect(await answerTo(child, invite('112', 'last'))).toContain('SIP/2.0 486');
    expect(kept().filter((name) => name.endsWith('.2.sip'))).toHaveLength(killers.length);
    const told = notices(child).filter(({ event }) => event === 'quarantined');
    expect(told).toHaveLength(killers.length);
    const files = told.map(({ file }) => readFileSync(String(file), 'latin1'));
    expect(files).toEqual(killers);
    // Killed while it does nothing, it leaves nothing behind.
    await pause(200);
    child.signal('SIGKILL');
    await child.ended;
    const events = notices(await start()).map(({ event }) => event);
    expect(events).toEqual(['died', 'quarantine', undefined]);
  });

  test('is refused by a whole node, which goes on with its calls, until its file is taken out', async () => {
    stage = await openStage({ net: NET, keys: { stateDir } });
    const { site } = stage;
    await stage.gateway('uas-busy');
    const killer = invite('abort', 'dies-by-abort');
    sink.received.length = 0;
    sink.send(killer, A);
    await sink.next('the refusal', (text) => text.startsWith('SIP/2.0 500'));
    expect(await site.metric('landfall_quarantine_total', 'outcome="refused"')).toBe(1);
    const told = await until('it is told', () =>
      site.notices().find(({ event }) => event === 'quarantined'),
    );
    expect(told).toMatchObject({ level: 'error' });
    const answered = (callId: string) => (text: string) =>
      text.startsWith('SIP/2.0 486') && headerOf(text, 'Call-ID') === callId;
    sink.send(invite('555', 'served'), A);
    await sink.next('an answer of the gateway', answered('served'));

    rmSync(String(told['file']));
    site.child.signal('SIGHUP');
    await until('the reload', () => site.notices().find(({ event }) => event === 'reloaded'));
    sink.send(killer, A);
    await sink.next('an answer of the gateway', answered('dies-by-abort'));
  });
});
