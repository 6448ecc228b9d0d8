import { monoMs } from '../../lib/base/brands.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import type { World } from '../../lib/base/time.ts';

/** The real world with a clock that runs so many times as fast, its timers with it. */
export function hurriedWorld(times: number): World {
  const { clock, timers, rng } = realWorld();
  return {
    clock: { mono: () => monoMs(clock.mono() * times), unix: () => clock.unix() },
    timers: {
      set: (delayMs, run) => timers.set(delayMs / times, run),
      clear: (alarm) => timers.clear(alarm),
    },
    rng,
  };
}
