import path from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { PROGRAM_MS_MAX, runProgram } from '../program.ts';

const PROJECT = path.join(__dirname, '..', '..', '..');
const FIRST_SEED = Number(process.env['LANDFALL_SIM_SEED'] ?? 1);
const WORLDS = 60;
const CALLS_PER_SITES = 40;
jest.setTimeout(PROGRAM_MS_MAX);

test('2,400 calls at two to five sites keep every promise, whatever packets, links and sites do', async () => {
  const calls = String(WORLDS * CALLS_PER_SITES);
  const args = ['test/sim/run.ts', '--sites', '--calls', calls, '--seed', String(FIRST_SEED)];
  const { stdout, stderr, failure } = await runProgram(PROJECT, args);

  const lines = stdout.trim().split('\n');
  const verdict = lines.pop();
  const ends = JSON.parse(lines.pop() ?? '{}') as Record<string, number>;
  expect([...lines, stderr, failure].filter((line) => line !== '')).toEqual([]);
  expect(verdict).toBe(`${WORLDS} worlds from seed ${FIRST_SEED}, 0 broke a promise`);
  for (const reason of ['caller-hung-up', 'caller-cancelled', 'another-site-has-it'])
    expect(ends[reason]).toBeGreaterThan(20);
});
