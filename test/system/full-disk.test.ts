import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { complaintsOf } from '../support/sipp.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.21';
const PER_SEC = 100;
const SECONDS = 14;
const CALLS = PER_SEC * SECONDS;
const FULL_AFTER_MS = 3000;
const FULL_FOR_MS = 6000;
jest.setTimeout(120_000);

describe(`a full disk at ${PER_SEC} calls per second`, () => {
  let disk: SmallDisk;
  let stage: Stage | undefined;
  beforeAll(async () => {
    disk = mountSmallDisk(NET, 64);
    // Little may wait, so that seconds are enough to lose lines.
    const log = {
      steps: join(disk.path, 'steps.ndjson'),
      records: join(disk.path, 'calls.ndjson'),
      waitingCharsMax: 100_000,
    };
    stage = await openStage({ net: NET, keys: { log } });
  });
  afterAll(async () => {
    try {
      expect(await stage?.close()).toBe(0);
    } finally {
      disk.remove();
    }
  });

  test('costs no call; what is lost is counted and told, and the log is whole again', async () => {
    if (stage === undefined) throw new Error('the stage did not open');
    const { site } = stage;
    await stage.gateway('uas-answer');
    const load = { calls: CALLS, perSec: PER_SEC, atOnceMax: 1000, withinSec: SECONDS + 30 };
    const caller = await stage.startCall('uac-honours-contact', { ...load, pauseMs: 200 });
    await pause(FULL_AFTER_MS);
    disk.fill();
    await pause(FULL_FOR_MS);
    disk.free();
    const end = await caller.ended;
    expect(complaintsOf(end)).toBe('');
    expect(end.succeeded).toBe(CALLS);

    const lostOf = (file: string) => site.metric('landfall_log_lost_total', `file="${file}"`);
    const records = () => linesOf(join(disk.path, 'calls.ndjson'));
    await until('every record in the file or counted as lost', async () => {
      return records().length + (await lostOf('records')) === CALLS;
    });
    expect(await lostOf('records')).toBeGreaterThan(0);
    expect(await lostOf('steps')).toBeGreaterThan(0);
    expect(new Set(records().map(({ callId }) => callId)).size).toBe(records().length);
    const told = site.child.output();
    expect(told.match(/"event":"log-write-failed","file":"records"/g)).toHaveLength(1);
    expect(told).toContain('"event":"log-written-again","file":"records"');
    const steps = linesOf(join(disk.path, 'steps.ndjson'));
    const again = steps.filter(({ event, file }) => `${event} ${file}` === AGAIN);
    expect(again.map(({ lost }) => lost)).toEqual([await lostOf('steps')]);
  });
});

type Line = {
  readonly callId?: string;
  readonly event?: string;
  readonly file?: string;
  readonly lost?: number;
};
const AGAIN = 'log-written-again steps';

/** Throws for a line that does not parse. */
function linesOf(path: string): Line[] {
  const text = readFileSync(path, 'utf8');
  const whole = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  return whole.map((line): Line => JSON.parse(line));
}
