import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { startChild } from '../support/child.ts';
import { tempFolder } from '../support/temp-folder.ts';

const LAB = join(__dirname, '..', '..', 'dist', 'apps', 'lab', 'lab.js');
const LIFE_MS = 150_000;
jest.setTimeout(LIFE_MS + 10_000);

test('every row of the flap matrix comes to what the expectation file says of it', async () => {
  const temp = tempFolder('flap-matrix');
  const words = ['matrix', '--folder', join(temp.path, 'lab'), '--life-sec', '180'];
  const child = startChild(process.execPath, [LAB, ...words], { lifeMs: LIFE_MS });
  const { code } = await child.ended;
  const lines = child.output().trim().split('\n');
  expect(lines.filter((line) => line.startsWith('DIFFERENT'))).toEqual([]);
  expect(lines.at(-1)).toContain('all as expected');
  expect(code).toBe(0);
  temp.remove();
});
