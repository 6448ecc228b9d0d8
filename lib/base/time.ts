import type { MonoMs, UnixMs } from './brands.ts';

export interface Clock {
  mono(): MonoMs;
  unix(): UnixMs;
}

export type Alarm = object;

/** One-shot alarms. An alarm that was cleared never runs. */
export interface Timers {
  /** Any non-negative delay; longer than 2^31-1 ms is waited for in full. */
  set(delayMs: number, run: () => void): Alarm;
  clear(alarm: Alarm): void;
}

export interface Rng {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Unguessable bytes, fresh ones at each call. */
  bytes(count: number): Uint8Array;
}

/** Time and chance as one world sees them: the real one, or a simulated one. */
export type World = { readonly clock: Clock; readonly timers: Timers; readonly rng: Rng };
