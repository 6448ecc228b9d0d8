import * as fs from 'node:fs';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import {
  afterLineEnd,
  batchOf,
  isTorn,
  linesLeft,
  resume,
  takeBack,
  writeSome,
} from '../../../lib/observe/line-batch.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder('line-batch');
const path = `${folder.path}/calls.ndjson`;
let fd: number;
beforeEach(() => {
  if (fs.existsSync(path)) fs.closeSync(fd);
  fs.rmSync(path, { force: true });
  fd = fs.openSync(path, 'a+');
});
afterAll(() => {
  fs.closeSync(fd);
  folder.remove();
});

const content = () => fs.readFileSync(path, 'utf8');

/** Three lines of which the disk took the first and half of the second. */
function tornBatch() {
  const batch = batchOf('one\ntwo\nthree\n');
  fs.writeSync(fd, 'one\ntw');
  batch.offset = 6;
  return batch;
}

test('counts the lines that are not whole in the file', () => {
  expect(linesLeft(batchOf('one\ntwo\n'))).toBe(2);
  expect(linesLeft(tornBatch())).toBe(2);
  expect(linesLeft(afterLineEnd(tornBatch()))).toBe(2);
  expect(linesLeft(afterLineEnd(undefined))).toBe(0);
});

test('completes half a line where it was left', async () => {
  const batch = tornBatch();
  resume(fd, batch);
  expect(await writeSome(fd, batch)).toBeUndefined();
  expect(content()).toBe('one\ntwo\nthree\n');
});

test('begins the line again where its half was truncated away', async () => {
  const batch = tornBatch();
  fs.ftruncateSync(fd, 0);
  resume(fd, batch);
  await writeSome(fd, batch);
  expect(content()).toBe('two\nthree\n');
});

test('takes half a line back out of a file that is left', () => {
  const batch = tornBatch();
  takeBack(fd, batch);
  expect(content()).toBe('one\n');
  expect(batch.offset).toBe(4);
  takeBack(fd, batch);
  expect(content()).toBe('one\n');
});

test('takes nothing back that it did not write', () => {
  const batch = tornBatch();
  fs.ftruncateSync(fd, 0);
  fs.writeSync(fd, 'another\n');
  takeBack(fd, batch);
  expect(content()).toBe('another\n');
  expect(batch.offset).toBe(4);
});

test('knows a file that a crash has left in the middle of a line', () => {
  expect(isTorn(fd)).toBe(false);
  fs.writeSync(fd, '{"torn"');
  expect(isTorn(fd)).toBe(true);
  fs.writeSync(fd, '\n');
  expect(isTorn(fd)).toBe(false);
});
