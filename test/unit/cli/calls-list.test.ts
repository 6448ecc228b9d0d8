import * as fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../apps/cli/commands.ts';
import { sinceMs } from '../../../apps/cli/since.ts';
import { unixMs } from '../../../lib/base/brands.ts';
import { callIdOf } from '../../../lib/call/ids.ts';
import type { CallRecord } from '../../../lib/call/record.ts';
import { type TempFolder, tempFolder } from '../../support/temp-folder.ts';
import { BEGIN, someRecord } from '../observe/some-call.ts';
import { fakeTerminal } from './fake-terminal.ts';

const HOUR_MS = 3_600_000;
const BUSY = someRecord({
  callId: callIdOf('sto-b2222222'),
  from: '"Bob; ""B""" <sip:bob@x.example>',
  emergency: false,
  trunk: 'carrier-x',
  receivedAt: unixMs(BEGIN + HOUR_MS),
  times: {
    ...someRecord().times,
    ringing: undefined,
    answered: undefined,
    acked: undefined,
    ended: unixMs(BEGIN + HOUR_MS + 900),
  },
  attempts: someRecord().attempts.slice(0, 1),
  fault: 'callee',
  reason: 'callee-busy',
  status: 486,
});

let folder: TempFolder;
let files: [string, string];
beforeAll(() => {
  folder = tempFolder('calls-list');
  files = [`${folder.path}/calls.ndjson.1`, `${folder.path}/calls.ndjson`];
  const write = (file: string, records: readonly CallRecord[], more = '') =>
    fs.writeFileSync(file, records.map((each) => `${JSON.stringify(each)}\n`).join('') + more);
  write(files[0], [someRecord()]);
  write(files[1], [BUSY, someRecord({ callId: callIdOf('sto-c3333333') })], '{"record":1 torn\n');
});
afterAll(() => folder.remove());

async function list(...args: string[]) {
  const { io, out, err } = fakeTerminal({ LANG: 'C.UTF-8' });
  const from = files.flatMap((file) => ['--file', file]);
  const code = await run(['calls', 'list', ...from, ...args], io, () => '');
  return { code, out: out.join('\n').split('\n'), err };
}

describe('landfall calls list', () => {
  test('has a line a call and the totals, over several files', async () => {
    const { code, out, err } = await list();
    expect(code).toBe(0);
    expect(out).toHaveLength(4);
    expect(out[1]).toContain('sto-b2222222');
    expect(out[3]).toBe('3 calls, 2 emergency, 1 failed, 66.7 % answered, median ring 1.1 s');
    expect(err).toEqual([`landfall: ${files[1]}: 1 damaged lines skipped`]);
  });

  test('has the worst gateway first, each answering for its own tries', async () => {
    const { out } = await list('--group-by', 'gateway');
    expect(out.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['gateway', 'calls', 'emergency', 'failed', 'answered', 'median ring'],
      ['psap-a', '3', '2', '1', '0.0 %', '1.1 s'],
      ['psap-b', '2', '2', '0', '100.0 %', '1.1 s'],
      ['total', '3', '2', '1', '66.7 %', '1.1 s'],
    ]);
  });

  test.each([
    ['reason', ['callee-busy', 'caller-hung-up']],
    ['fault', ['callee', 'none']],
    ['trunk', ['carrier-x', '(unknown source)']],
    ['site', ['sto']],
    ['hour', ['2026-11-20 04:00Z', '2026-11-20 03:00Z']],
  ])('groups by %s', async (grouping, names) => {
    const { out } = await list('--group-by', grouping, '--json');
    const rows = out.map((line): { name?: string; total?: object } => JSON.parse(line));
    expect(rows.slice(0, -1).map(({ name }) => name)).toEqual(names);
    expect(rows.at(-1)?.total).toMatchObject({ calls: 3, failed: 1, ringMsMedian: 1100 });
  });

  test('shows only what is wanted, and counts only that', async () => {
    expect((await list('--failed')).out).toHaveLength(2);
    expect((await list('--gateway', 'psap-b')).out).toHaveLength(3);
    expect((await list('--number', 'bob')).out).toHaveLength(2);
    expect((await list('--since', '2026-11-20T04:00Z')).out).toHaveLength(2);
    expect((await list('--since', '2027-01-01')).out).toEqual([
      '0 calls, 0 emergency, 0 failed, - answered, median ring -',
    ]);
  });

  test('writes CSV that a spreadsheet reads as text', async () => {
    const { out } = await list('--csv', '--failed');
    expect(out).toHaveLength(2);
    expect(out[0]).toMatch(/^callId,site,receivedAt,/);
    expect(out[1]).toContain('sto-b2222222,sto,2026-11-20T04:12:07.042Z,');
    expect(out[1]).toContain('"""Bob; """"B"""""" <sip:bob@x.example>"');
    expect((await list('--csv', '--group-by', 'fault')).out).toEqual([
      'fault,calls,emergency,failed,answered,answeredShare,ringMsMedian',
      'callee,1,0,1,0,0.0000,',
      'none,2,2,0,2,1.0000,1100',
      'total,3,2,1,2,0.6667,1100',
    ]);
  });

  test.each([
    [['--group-by', 'moon'], '--group-by is moon; one of gateway, reason'],
    [['--since', 'yesterday'], '--since is yesterday; 2h, 30m, 7d or'],
    [['--csv', '--json'], '--csv and --json exclude each other'],
  ])('says what is wrong with %j', async (args, said) => {
    const { code, err } = await list(...args);
    expect(code).toBe(2);
    expect(err[0]).toContain(said);
  });

  test('says which file cannot be read', async () => {
    const { code, err } = await list('--file', `${folder.path}/missing`);
    expect(code).toBe(1);
    expect(err.at(-1)).toContain('missing');
  });
});

test.each([
  ['90s', BEGIN - 90_000],
  ['2h', BEGIN - 2 * HOUR_MS],
  ['7d', BEGIN - 168 * HOUR_MS],
  ['2026-11-20', Date.UTC(2026, 10, 20)],
  ['2026-11-20 03:00', Date.UTC(2026, 10, 20, 3)],
  ['2026-11-20T03:00:01+01:00', Date.UTC(2026, 10, 20, 2, 0, 1)],
])('--since %s is a moment', (value, at) => {
  expect(sinceMs(value, BEGIN)).toBe(at);
});
