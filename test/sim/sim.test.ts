import path from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { PROGRAM_MS_MAX, runProgram } from './program.ts';

const PROJECT = path.join(__dirname, '..', '..');
const FIRST_SEED = Number(process.env['LANDFALL_SIM_SEED'] ?? 1);
/** The worlds of each of two programs, which run side by side. */
const WORLDS = 50;
const CALLS_PER_WORLD = 200;
jest.setTimeout(PROGRAM_MS_MAX);

test('20,000 calls through loss, duplication, reordering and a crashing gateway keep every promise', async () => {
  const seeds = [FIRST_SEED, FIRST_SEED + WORLDS];
  const halves = await Promise.all(seeds.map(simulate));

  for (const reason of [
    'caller-hung-up',
    'callee-hung-up',
    'caller-cancelled',
    'gateways-exhausted',
    'callee-busy',
  ]) {
    const count = halves.reduce((sum, ends) => sum + (ends[reason] ?? 0), 0);
    expect(count).toBeGreaterThan(100);
  }
});

/** How many calls came to which end. */
async function simulate(seed: number): Promise<Record<string, number>> {
  const calls = WORLDS * CALLS_PER_WORLD;
  const args = ['test/sim/run.ts', '--calls', String(calls), '--seed', String(seed)];
  const { stdout, stderr, failure } = await runProgram(PROJECT, args);
  const lines = stdout.trim().split('\n');
  const verdict = lines.pop();
  const ends = lines.pop() ?? '';
  expect([...lines, stderr, failure].filter((line) => line !== '')).toEqual([]);
  expect(verdict).toBe(`${WORLDS} worlds from seed ${seed}, 0 broke a promise`);
  return JSON.parse(ends) as Record<string, number>;
}
