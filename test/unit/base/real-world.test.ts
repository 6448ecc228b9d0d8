import { expect, jest, test } from '@jest/globals';
import { realWorld } from '../../../lib/base/real-world.ts';

test('an alarm beyond 2^31-1 ms is waited for in full', () => {
  jest.useFakeTimers();
  try {
    const { timers } = realWorld();
    let rang = 0;
    const delayMs = 2 ** 31 + 5000;
    timers.set(delayMs, () => {
      rang += 1;
    });
    jest.advanceTimersByTime(delayMs - 1);
    expect(rang).toBe(0);
    jest.advanceTimersByTime(1);
    expect(rang).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});

test('an alarm that was cleared never runs', () => {
  jest.useFakeTimers();
  try {
    const { timers } = realWorld();
    let rang = 0;
    const alarm = timers.set(2 ** 32, () => {
      rang += 1;
    });
    jest.advanceTimersByTime(2 ** 31);
    timers.clear(alarm);
    jest.advanceTimersByTime(2 ** 33);
    expect(rang).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('bytes are fresh at each call, also across the pool', () => {
  const { rng } = realWorld();
  const seen = new Set<string>();
  for (let count = 0; count < 2000; count += 1) seen.add(Buffer.from(rng.bytes(8)).toString('hex'));
  expect(seen.size).toBe(2000);
  expect(rng.bytes(10_000)).toHaveLength(10_000);
});
