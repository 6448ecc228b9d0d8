import { copyFileSync, existsSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { complaintsOf } from '../support/sipp.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.22';
const CALLS = 60;
jest.setTimeout(60_000);

describe('the files of a running node', () => {
  let stage: Stage;
  beforeAll(async () => {
    const log = { steps: './steps.ndjson', records: './calls.ndjson', rotateBytes: 20_000 };
    stage = await openStage({ net: NET, keys: { log } });
    await stage.gateway('uas-answer');
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  const path = (name: string) => join(stage.folder, name);
  const linesOf = (name: string): object[] =>
    readFileSync(path(name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  test('are opened anew at SIGHUP when they were renamed, and no record is lost', async () => {
    expect(complaintsOf(await stage.call('uac-honours-contact'))).toBe('');
    await stage.site.recordsOf(1);
    const before = linesOf('steps.ndjson').length;
    renameSync(path('calls.ndjson'), path('calls.old'));
    renameSync(path('steps.ndjson'), path('steps.old'));
    stage.site.child.signal('SIGHUP');
    const both = () => existsSync(path('calls.ndjson')) && existsSync(path('steps.ndjson'));
    await until('both files', both, 1500);
    expect(complaintsOf(await stage.call('uac-honours-contact'))).toBe('');
    await stage.site.recordsOf(1);
    expect(linesOf('calls.old')).toHaveLength(1);
    expect(linesOf('steps.old').length).toBeGreaterThanOrEqual(before);
  });

  test('begin at the front again when they were copied and truncated', async () => {
    copyFileSync(path('calls.ndjson'), path('calls.copy'));
    truncateSync(path('calls.ndjson'), 0);
    stage.site.child.signal('SIGHUP');
    expect(complaintsOf(await stage.call('uac-honours-contact'))).toBe('');
    await stage.site.recordsOf(1);
    expect(linesOf('calls.ndjson')).toHaveLength(1);
  });

  test('are turned by size, and every line is whole in one of them', async () => {
    const run = { calls: CALLS, perSec: 20, pauseMs: 100 };
    expect(complaintsOf(await stage.call('uac-honours-contact', run))).toBe('');
    const names = ['', '.1', '.2', '.3', '.4', '.5', '.6'].map((end) => `calls.ndjson${end}`);
    // Draining writes all that waits: from then on no file moves.
    expect((await stage.site.drain()).code).toBe(0);
    const there = names.filter((name) => existsSync(path(name)));
    expect(there.flatMap(linesOf)).toHaveLength(CALLS + 1);
    expect(there).toContain('calls.ndjson.2');
    for (const name of there) {
      expect(readFileSync(path(name)).length).toBeLessThanOrEqual(20_000);
    }
    expect(existsSync(path('steps.ndjson.1'))).toBe(true);
  });
});
