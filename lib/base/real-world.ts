import { randomFillSync } from 'node:crypto';
import { monoMs, unixMs } from './brands.ts';
import type { Alarm, World } from './time.ts';

const POOL_BYTES = 4096;
/** Beyond this Node's setTimeout fires after 1 ms. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

type RealAlarm = { handle: NodeJS.Timeout | undefined };

/** The machine's clock, Node's timers and the system's random numbers. */
export function realWorld(): World {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return {
    clock: {
      mono: () => monoMs(performance.now()),
      unix: () => unixMs(Date.now()),
    },
    rng: {
      fraction: Math.random,
      bytes(count) {
        if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count));
        if (used + count > POOL_BYTES) {
          randomFillSync(pool);
          used = 0;
        }
        used += count;
        return Uint8Array.prototype.slice.call(pool, used - count, used);
      },
    },
    timers: {
      set(delayMs, run) {
        const alarm: RealAlarm = { handle: undefined };
        arm(alarm, delayMs, run);
        return alarm;
      },
      clear(alarm) {
        clearTimeout((alarm as RealAlarm).handle);
      },
    },
  };
}

function arm(alarm: RealAlarm & Alarm, delayMs: number, run: () => void): void {
  if (delayMs <= TIMEOUT_MS_MAX) {
    alarm.handle = setTimeout(run, delayMs);
    return;
  }
  alarm.handle = setTimeout(() => arm(alarm, delayMs - TIMEOUT_MS_MAX, run), TIMEOUT_MS_MAX);
}
