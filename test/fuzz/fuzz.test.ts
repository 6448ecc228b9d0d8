import path from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { PROGRAM_MS_MAX, runProgram } from '../sim/program.ts';

const PROJECT = path.join(__dirname, '..', '..');
const SEED = process.env['LANDFALL_FUZZ_SEED'] ?? '1';
const CASES = 200_000;
jest.setTimeout(PROGRAM_MS_MAX);

test(`${CASES} cases from seed ${SEED}: nothing throws, hangs or grows, and all that must hold does`, async () => {
  const args = ['test/fuzz/run.ts', '--cases', String(CASES), '--seed', SEED];
  const { stdout, stderr, failure } = await runProgram(PROJECT, args);
  const [first, ...lines] = stdout.trim().split('\n');
  expect(stderr + failure).toBe('');
  expect(first).toBe(`seed ${SEED}`);
  expect(lines.pop()).toBe('all that must hold does');
  const counts = lines.map((line) => Number(/: (\d+) cases, [\d.]+ s$/.exec(line)?.[1]));
  expect(counts.length).toBe(8);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(CASES);
});

test('a case that failed is made again by its target and its seed', async () => {
  const args = ['test/fuzz/run.ts', '--replay', 'messages:1'];
  const { stdout, failure } = await runProgram(PROJECT, args);
  expect(failure).toBe('');
  expect(stdout).toBe('all that must hold does\n');
});
