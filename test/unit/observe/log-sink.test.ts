import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ObserverOptions, openObserver } from '../../../lib/observe/log-sink.ts';
import { QUIET } from '../../support/quiet.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { someRecord, someSteps } from './some-call.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync('/tmp/landfall-log-sink-');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function open(changes: Partial<ObserverOptions> = {}) {
  const time = new VirtualWorld(1);
  const observer = openObserver({
    site: 'sto',
    level: 'info',
    steps: `${folder}/steps.ndjson`,
    records: `${folder}/calls.ndjson`,
    readableHosts: ['192.0.2.112', '198.51.100.11'],
    present: () => QUIET,
    rotateBytes: 0,
    rotateHours: 0,
    keepFiles: 3,
    waitingCharsMax: 1_000_000,
    world: time.world,
    ...changes,
  });
  return { observer, time };
}

const linesOf = (name: string): Record<string, unknown>[] =>
  fs
    .readFileSync(`${folder}/${name}`, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

describe('the log', () => {
  test('has a notice behind the steps that came before it', async () => {
    const { observer } = open();
    const [step] = someSteps();
    if (step === undefined) throw new Error('the sample has no step');
    observer.sink.step(step);
    observer.sink.note({ event: 'bug', level: 'error' });
    observer.sink.step(step);
    await observer.close();
    const events = linesOf('steps.ndjson').map(({ event }) => event);
    expect(events).toEqual([step.event, 'bug', step.event]);
  });

  test('says of a step when it was told, not when its line was made', async () => {
    const { observer, time } = open();
    const [step] = someSteps();
    if (step === undefined) throw new Error('the sample has no step');
    observer.sink.step(step);
    const toldAt = new Date(time.world.clock.unix()).toISOString();
    time.runUntil(40);
    await observer.close();
    expect(linesOf('steps.ndjson')).toMatchObject([{ time: toldAt }]);
  });

  test('is written by another level and other masks after a change', async () => {
    const { observer } = open();
    const [step] = someSteps();
    if (step === undefined) throw new Error('the sample has no step');
    const gateway = { event: 'bug', level: 'debug', why: 'from 10.0.7.7' } as const;
    observer.sink.note(gateway);
    observer.reconfigure({ level: 'debug', readableHosts: ['10.0.7.7'] });
    observer.sink.note(gateway);
    observer.reconfigure({ level: 'warn', readableHosts: [] });
    observer.sink.step(step);
    observer.reconfigure({ level: 'info', readableHosts: [] });
    observer.sink.step(step);
    await observer.close();
    const lines = linesOf('steps.ndjson').map(({ event, why }) => [event, why]);
    expect(lines).toEqual([
      ['bug', 'from 10.0.7.7'],
      [step.event, undefined],
    ]);
  });

  test('has a masked line for each step', async () => {
    const { observer } = open();
    for (const step of someSteps()) observer.sink.step(step);
    await observer.close();
    const lines = linesOf('steps.ndjson');
    expect(lines).toHaveLength(someSteps().length);
    expect(Object.entries(lines[0] ?? {})).toEqual([
      ['level', 'info'],
      ['time', '2027-01-15T08:00:00.000Z'],
      ['callId', 'sto-k4w2h7qz'],
      ['leg', 'a'],
      ['event', 'a-invited'],
      ['message', 'INVITE'],
      ['direction', 'in'],
      ['local', '192.0.2.112:5060'],
      ['remote', '203.0.113.x:40123'],
      ['contact', 'sip:+46*****67@10.9.9.x:5060'],
      ['site', 'sto'],
      ['at', someSteps()[0]?.at],
    ]);
    expect(lines[2]).toMatchObject({
      leg: 'b',
      remote: '10.0.1.31:5060',
      attempt: 1,
      gateway: 'psap-a',
    });
    expect(JSON.stringify(lines)).not.toMatch(/4670|203\.0\.113\.77/);
  });

  test('has the whole record, readable for its owner alone', async () => {
    const { observer } = open();
    observer.sink.record(someRecord());
    await observer.close();
    expect(linesOf('calls.ndjson')).toEqual([JSON.parse(JSON.stringify(someRecord()))]);
    expect(fs.statSync(`${folder}/calls.ndjson`).mode & 0o777).toBe(0o600);
  });

  test('has notices from the level up that was chosen', async () => {
    const { observer } = open({ level: 'warn' });
    const [step] = someSteps();
    if (step !== undefined) observer.sink.step(step);
    observer.sink.note({ event: 'packet', level: 'trace' });
    observer.sink.note({ event: 'listening', level: 'info' });
    observer.sink.note({
      event: 'stray',
      level: 'warn',
      from: '<sip:0701234567@x.example>',
      time: 3,
    });
    await observer.close();
    expect(linesOf('steps.ndjson')).toEqual([
      {
        level: 'warn',
        time: '2027-01-15T08:00:00.000Z',
        event: 'stray',
        from: 'sip:070*****67@x.example',
        site: 'sto',
      },
    ]);
  });

  test('bears a notice that cannot be read', async () => {
    const { observer } = open();
    const error = new Error('x');
    Object.defineProperty(error, 'stack', {
      get: () => {
        throw new Error('no stack');
      },
    });
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    observer.sink.note({ event: 'odd', level: 'error', error });
    observer.sink.note({ event: 'round', level: 'error', circle });
    await observer.close();
    expect(linesOf('steps.ndjson')).toEqual([
      expect.objectContaining({ event: 'odd', unreadable: 'Error: no stack' }),
      expect.objectContaining({ event: 'round' }),
    ]);
  });

  test('is prompt enough to be followed', async () => {
    const { observer, time } = open();
    observer.sink.record(someRecord());
    time.runUntil(200);
    await observer.flush();
    expect(linesOf('calls.ndjson')).toHaveLength(1);
    await observer.close();
  });

  test('costs no call when it cannot be written, and says so once a minute', async () => {
    const { observer, time } = open({ records: '/dev/full' });
    observer.sink.record(someRecord());
    for (const second of [1, 10, 59, 61]) {
      time.runUntil(second * 1000);
      await observer.flush();
    }
    observer.sink.record(someRecord());
    await observer.close();
    const complaint = { event: 'log-write-failed', level: 'error', file: 'records' };
    expect(linesOf('steps.ndjson')).toEqual([
      expect.objectContaining({ ...complaint, why: expect.stringContaining('ENOSPC') }),
      expect.objectContaining(complaint),
    ]);
    expect(await observer.metricsText()).toMatch(/^landfall_log_lost_total\{file="records"\} 2$/m);
    expect(observer.recent.records(() => true, 9)).toHaveLength(1);
  });

  test('feeds the last calls and the counters even when nothing is written', async () => {
    const { observer } = open({ steps: 'none', records: 'none', level: 'error' });
    for (const step of someSteps()) observer.sink.step(step);
    observer.sink.record(someRecord());
    observer.sink.count('calls', 'none');
    await observer.close();
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(observer.recent.records(() => true, 9)).toEqual([someRecord()]);
    expect(await observer.metricsText()).toMatch(/^landfall_calls_total{fault="none"} 1$/m);
  });
});
