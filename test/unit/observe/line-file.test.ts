import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LineFile } from '../../../lib/observe/line-file.ts';
import type { Rotation } from '../../../lib/observe/rotation.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync('/tmp/landfall-line-file-');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

type Changes = { readonly waitingMax?: number; readonly rotation?: Rotation };

function open(target: string | 1 | 2, { waitingMax = 1_000_000, rotation }: Changes = {}) {
  const time = new VirtualWorld(1);
  const lost: number[] = [];
  const troubles: string[] = [];
  let whole = 0;
  const file = new LineFile({
    target,
    mode: 0o600,
    waitingMax,
    flushMs: 200,
    world: time.world,
    onLost: (lines) => lost.push(lines),
    onTrouble: (why) => troubles.push(why),
    onWhole: () => {
      whole += 1;
    },
    rotation,
  });
  return { file, time, lost, troubles, whole: () => whole };
}

const read = (path: string) => fs.readFileSync(path, 'utf8');

describe('a file of lines', () => {
  test('is written within the flush time and not before', async () => {
    const path = `${folder}/calls.ndjson`;
    const { file, time } = open(path);
    file.write('one\n');
    file.write('two\n');
    time.runUntil(199);
    expect(read(path)).toBe('');
    time.runUntil(200);
    await file.flush();
    expect(read(path)).toBe('one\ntwo\n');
    expect(time.pending).toBe(0);
    await file.close();
  });

  test('is appended to, and gets its mode even when it had another', async () => {
    const path = `${folder}/calls.ndjson`;
    fs.writeFileSync(path, 'old\n', { mode: 0o644 });
    const { file } = open(path);
    file.write('new\n');
    await file.close();
    expect(read(path)).toBe('old\nnew\n');
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
  });

  test('leaves the mode of a device alone', async () => {
    const before = fs.statSync('/dev/null').mode;
    const { file } = open('/dev/null');
    await file.close();
    expect(fs.statSync('/dev/null').mode).toBe(before);
  });

  test('has everything in it after close, and counts what comes later as lost', async () => {
    const path = `${folder}/calls.ndjson`;
    const { file, time, lost } = open(path);
    for (let count = 0; count < 5000; count += 1) file.write(`${'x'.repeat(99)}\n`);
    await file.close();
    expect(read(path)).toHaveLength(500_000);
    expect(lost).toEqual([]);
    file.write('late\n');
    expect(lost).toEqual([1]);
    expect(time.pending).toBe(0);
  });

  test('is written at once when the process is about to die', async () => {
    const path = `${folder}/calls.ndjson`;
    const { file } = open(path);
    file.write('last words\n');
    file.flushNow();
    expect(read(path)).toBe('last words\n');
    await file.close();
    expect(read(path)).toBe('last words\n');
  });

  test('holds a bounded amount while it cannot be written', async () => {
    const { file, lost, troubles } = open(`${folder}/missing/calls.ndjson`, { waitingMax: 100 });
    for (let count = 0; count < 30; count += 1) file.write('0123456789');
    expect(lost).toHaveLength(20);
    expect(troubles).toEqual([expect.stringContaining('ENOENT')]);
    await file.close();
    expect(lost.at(-1)).toBe(10);
  });

  test('goes on when the folder has come', async () => {
    const path = `${folder}/late/calls.ndjson`;
    const { file, time, lost } = open(path);
    file.write('one\n');
    await file.flush();
    fs.mkdirSync(`${folder}/late`);
    time.runUntil(2000);
    await file.flush();
    expect(read(path)).toBe('one\n');
    expect(lost).toEqual([]);
    await file.close();
  });

  test('keeps its lines while the disk is full, and complains at each try', async () => {
    const { file, time, lost, troubles } = open('/dev/full');
    file.write('one\n');
    await file.flush();
    expect(troubles).toEqual([expect.stringContaining('ENOSPC')]);
    time.runUntil(1000);
    await file.flush();
    expect(troubles.length).toBeGreaterThan(1);
    expect(lost).toEqual([]);
    await file.close();
    expect(lost).toEqual([1]);
  });

  test('goes on in a new file when the old one was rotated away', async () => {
    const path = `${folder}/calls.ndjson`;
    const { file, time } = open(path);
    file.write('one\n');
    await file.flush();
    fs.renameSync(path, `${path}.1`);
    time.runUntil(5000);
    file.write('two\n');
    await file.flush();
    expect(read(`${path}.1`)).toBe('one\n');
    expect(read(path)).toBe('two\n');
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    await file.close();
  });

  test('goes on in a new file at once when it is told so', async () => {
    const path = `${folder}/calls.ndjson`;
    const { file } = open(path);
    file.write('one\n');
    await file.flush();
    fs.renameSync(path, `${path}.1`);
    file.reopen();
    await file.flush();
    expect(read(path)).toBe('');
    file.write('two\n');
    await file.flush();
    expect(read(`${path}.1`)).toBe('one\n');
    expect(read(path)).toBe('two\n');
    await file.close();
  });

  test('goes on at the beginning of a file that was copied and truncated', async () => {
    const path = `${folder}/calls.ndjson`;
    const { file } = open(path);
    file.write('one\n');
    await file.flush();
    fs.copyFileSync(path, `${path}.1`);
    fs.truncateSync(path, 0);
    file.reopen();
    file.write('two\n');
    await file.close();
    expect(read(path)).toBe('two\n');
  });

  test('ends a line that a crash has torn before it writes its own', async () => {
    const path = `${folder}/calls.ndjson`;
    fs.writeFileSync(path, 'one\n{"torn":');
    const { file, lost } = open(path);
    file.write('two\n');
    await file.close();
    expect(read(path)).toBe('one\n{"torn":\ntwo\n');
    expect(lost).toEqual([]);
  });

  test('is turned before it grows too large, and the oldest goes', async () => {
    const path = `${folder}/calls.ndjson`;
    const rotation = { rotateBytes: 10, rotateHours: 0, keepFiles: 2 };
    const { file, lost } = open(path, { rotation });
    for (const line of ['11111\n', '2222\n', '33333333333333\n', '4\n', '5\n']) {
      file.write(line);
      await file.flush();
    }
    await file.close();
    expect(fs.readdirSync(folder).sort()).toEqual([
      'calls.ndjson',
      'calls.ndjson.1',
      'calls.ndjson.2',
    ]);
    expect(read(path)).toBe('4\n5\n');
    expect(read(`${path}.1`)).toBe('33333333333333\n');
    expect(read(`${path}.2`)).toBe('2222\n');
    expect(fs.statSync(path).mode & 0o777).toBe(0o600);
    expect(lost).toEqual([]);
  });

  test('is turned when its hours are over, also those of an earlier start', async () => {
    const path = `${folder}/calls.ndjson`;
    fs.writeFileSync(path, 'yesterday\n');
    fs.utimesSync(path, new Date(0), new Date(0));
    const { file, time } = open(path, {
      rotation: { rotateBytes: 0, rotateHours: 1, keepFiles: 2 },
    });
    file.write('one\n');
    await file.flush();
    time.runUntil(1000);
    file.write('two\n');
    await file.flush();
    expect(read(`${path}.1`)).toBe('yesterday\n');
    expect(read(path)).toBe('one\ntwo\n');
    time.runUntil(3_600_000);
    file.write('three\n');
    await file.close();
    expect(read(path)).toBe('three\n');
    expect(read(`${path}.2`)).toBe('yesterday\n');
  });

  test('says that it cannot be turned, and grows', async () => {
    const path = `${folder}/calls.ndjson`;
    fs.mkdirSync(`${path}.1`);
    const { file, troubles } = open(path, {
      rotation: { rotateBytes: 5, rotateHours: 0, keepFiles: 1 },
    });
    for (const line of ['one\n', 'two\n']) {
      file.write(line);
      await file.flush();
    }
    await file.close();
    expect(read(path)).toBe('one\ntwo\n');
    expect(troubles.length).toBeGreaterThan(0);
  });
});
