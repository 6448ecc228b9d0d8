import * as fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../apps/cli/commands.ts';
import { callIdOf } from '../../../lib/call/ids.ts';
import { type TempFolder, tempFolder } from '../../support/temp-folder.ts';
import { someRecord, someSteps } from '../observe/some-call.ts';
import { fakeTerminal } from './fake-terminal.ts';

const BUSY = someRecord({
  callId: callIdOf('sto-b2222222'),
  to: '<sip:busy@192.0.2.112>',
  fault: 'callee',
  reason: 'callee-busy',
  status: 486,
  sipCallIdA: 'quote"back\\slash@x',
  sipCallIdB: [],
});
const json = (values: readonly object[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

let folder: TempFolder;
let records: string;
let steps: string;
beforeAll(() => {
  folder = tempFolder('calls');
  records = `${folder.path}/calls.ndjson`;
  steps = `${folder.path}/steps.ndjson`;
  const many = Array.from({ length: 50 }, (_, count) =>
    someRecord({ callId: callIdOf(`sto-a${String(count).padStart(3, '0')}`), sipCallIdB: [] }),
  );
  const others = many.map((record) => ({ ...record, sipCallIdA: `a-${record.callId}` }));
  fs.writeFileSync(records, `${json(others)}{"record":1 torn\n${json([someRecord(), BUSY])}`);
  fs.writeFileSync(steps, `listening\n${json(someSteps())}`);
});
afterAll(() => folder.remove());

async function calls(...args: string[]) {
  const { io, out, err } = fakeTerminal({ LANG: 'C.UTF-8' });
  const code = await run(['calls', ...args], io, () => '');
  return { code, out, err };
}

describe('landfall calls tail --file', () => {
  test('shows the last calls and says what it skipped', async () => {
    const { code, out, err } = await calls('tail', '--file', records);
    expect(code).toBe(0);
    expect(out).toHaveLength(20);
    expect(out.at(-1)).toContain('sto-b2222222  +46701234567 -> busy');
    expect(err).toEqual([`landfall: ${records}: 1 damaged lines skipped`]);
  });

  test('shows as many as asked', async () => {
    expect((await calls('tail', '-n', '52', '--file', records)).out).toHaveLength(52);
    expect((await calls('tail', '-n', '0', '--file', records)).out).toEqual([]);
  });

  test('shows only what is wanted', async () => {
    expect((await calls('tail', '--failed', '--file', records)).out).toHaveLength(1);
    expect((await calls('tail', '--number', 'busy', '--file', records)).out).toHaveLength(1);
    expect((await calls('tail', '--gateway', 'psap-c', '--file', records)).out).toEqual([]);
  });

  test('hands out whole records', async () => {
    const { out } = await calls('tail', '--json', '--failed', '--file', records);
    expect(out.map((line) => JSON.parse(line))).toEqual([JSON.parse(JSON.stringify(BUSY))]);
  });

  test('says which file is not there', async () => {
    const { code, err } = await calls('tail', '--file', '/nowhere/calls.ndjson');
    expect(code).toBe(1);
    expect(err.join()).toContain('/nowhere/calls.ndjson');
  });
});

describe('landfall calls show and ladder --file', () => {
  test('find a call by its beginning, over several files', async () => {
    const { code, out } = await calls('ladder', 'sto-k4', '--file', steps, '--file', records);
    expect(code).toBe(0);
    expect(out.join('\n')).toContain('Contact moves to 198.51.100.11:5060');
    expect(out.join('\n')).toContain('moved off anycast: 192.0.2.112:5060 -> 198.51.100.11:5060');
  });

  test('find a call by the Call-ID of a leg, also one that JSON escapes', async () => {
    expect((await calls('show', 'b2-9e01', '--file', records)).out.join()).toContain(
      'sto-k4w2h7qz',
    );
    expect((await calls('show', 'quote"back\\slash@x', '--file', records)).out.join()).toContain(
      'sto-b2222222',
    );
    const ladder = await calls('ladder', 'b2-9e01', '--file', records, '--file', steps);
    expect(ladder.out.join()).toContain('gateway side');
  });

  test('hand out the record and the steps', async () => {
    const shown = await calls('show', 'sto-b', '--json', '--file', records);
    expect(JSON.parse(shown.out.join())).toEqual(JSON.parse(JSON.stringify(BUSY)));
    const told = await calls('ladder', 'sto-k', '--json', '--file', steps);
    expect(told.out.join('\n').split('\n')).toHaveLength(someSteps().length);
  });

  test('name some of the calls that an ID may mean', async () => {
    const { code, err } = await calls('show', 'sto-a00', '--file', records);
    expect(code).toBe(1);
    expect(err.join()).toContain('sto-a000, sto-a001, sto-a002, sto-a003, sto-a004');
  });

  test('say that no call is meant', async () => {
    const { code, err } = await calls('ladder', 'got-1', '--file', records);
    expect(code).toBe(1);
    expect(err.join()).toContain('ID is got-1: no such call here');
  });

  test('draw in ASCII where the locale knows nothing else', async () => {
    const { io, out } = fakeTerminal({ LC_ALL: 'C' });
    await run(['calls', 'ladder', 'sto-k', '--file', steps], io, () => '');
    expect(out.join('\n')).toMatch(/^[\n -~]+$/);
  });
});
