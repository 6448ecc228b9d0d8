import type { MonoMs } from '../../base/brands.ts';
import type { LinkSettings } from './settings.ts';

/** How much of the last measurement counts. [6298-2.3] */
const SMOOTHING = 1 / 8;
/** Beats whose echo is waited for. */
const OUT_MAX = 16;
/** Ticks in a row for which other frames say that this end lives. */
const UNSAID_MAX = 3;

/** What is known of the far end's life. Moments are monotonic. */
export type Heartbeat = {
  readonly tickedAt: MonoMs;
  /** Of the last beat. */
  readonly number: number;
  /** Ticks since then. */
  readonly unsaid: number;
  /** Beats that are out, the oldest first. */
  readonly out: readonly { readonly number: number; readonly sentAt: MonoMs }[];
  readonly rttMs: number | undefined;
};

export function firstBeat(now: MonoMs): Heartbeat {
  return { tickedAt: now, number: 0, unsaid: UNSAID_MAX, out: [], rttMs: undefined };
}

/**
 * The next beat goes out if its number is another one, which comes back in an echo. Where something
 * else has been said since the last tick, the far end knows already.
 */
export function ticked(beat: Heartbeat, now: MonoMs, hasSpoken: boolean): Heartbeat {
  if (hasSpoken && beat.unsaid < UNSAID_MAX)
    return { ...beat, tickedAt: now, unsaid: beat.unsaid + 1 };
  const number = (beat.number + 1) >>> 0;
  const out = [...beat.out, { number, sentAt: now }].slice(-OUT_MAX);
  return { ...beat, tickedAt: now, number, unsaid: 0, out };
}

/** An echo of a beat that is not out says nothing. */
export function echoed(beat: Heartbeat, number: number, now: MonoMs): Heartbeat {
  const at = beat.out.findIndex((one) => one.number === number);
  const found = beat.out[at];
  if (found === undefined) return beat;
  const sample = now - found.sentAt;
  const rttMs = beat.rttMs === undefined ? sample : beat.rttMs + SMOOTHING * (sample - beat.rttMs);
  return { ...beat, out: beat.out.slice(at + 1), rttMs };
}

/**
 * Whether the far end has missed too many beats. After a stall of ours everything seems old, and
 * what came meanwhile has not been read: then it gets its time anew.
 */
export function judge(
  { tickedAt }: Heartbeat,
  heardAt: MonoMs,
  now: MonoMs,
  { beatEveryMs, downAfterMs }: LinkSettings,
): 'lives' | 'stalled-here' | 'dead' {
  if (now - heardAt < downAfterMs) return 'lives';
  return now - tickedAt > 2 * beatEveryMs ? 'stalled-here' : 'dead';
}
