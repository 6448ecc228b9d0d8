import { expect, test } from '@jest/globals';
import { runWorld } from './run-world.ts';

const FIRST_SEED = Number(process.env['LANDFALL_SIM_SEED'] ?? 1);
const WORLDS = 100;
const CALLS_PER_WORLD = 200;

test('20,000 calls through loss, duplication, reordering and a crashing gateway keep every promise', async () => {
  const broken: string[] = [];
  const ends = new Map<string, number>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed += 1) {
    const outcome = await runWorld(seed, CALLS_PER_WORLD);
    for (const what of outcome.broken) {
      broken.push(`${what} (npm run sim -- --calls ${CALLS_PER_WORLD} --seed ${seed})`);
    }
    for (const [reason, count] of outcome.ends) ends.set(reason, (ends.get(reason) ?? 0) + count);
  }
  expect(broken).toEqual([]);
  for (const reason of [
    'caller-hung-up',
    'callee-hung-up',
    'caller-cancelled',
    'gateways-exhausted',
    'callee-busy',
  ]) {
    expect(ends.get(reason) ?? 0).toBeGreaterThan(100);
  }
});
