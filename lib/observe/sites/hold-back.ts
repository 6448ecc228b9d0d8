import type { MonoMs } from '../../base/brands.ts';
import type { CallRecord } from '../../call/record.ts';

/** A record, and when it came here. */
export type Held = { readonly record: CallRecord; readonly since: MonoMs };

/** Longer than until a site is asked again and has answered: what comes later still fits in. */
export const HOLD_MS = 1500;
const HELD_MAX = 2000;

/**
 * What is shown now, by the time at which it ended: what was held long enough, and whatever ended
 * before that. Of too many the earliest goes, whenever it came.
 */
export function release(
  held: readonly Held[],
  now: MonoMs,
): { readonly due: readonly CallRecord[]; readonly held: readonly Held[] } {
  const inOrder = held.toSorted((one, other) => byEnd(one.record, other.record));
  const lastDue = inOrder.findLastIndex(({ since }) => now - since >= HOLD_MS);
  const count = Math.max(lastDue + 1, inOrder.length - HELD_MAX);
  return { due: inOrder.slice(0, count).map(({ record }) => record), held: inOrder.slice(count) };
}

/** Where two ended at one moment their names decide, so that it is the same each time. */
export function byEnd(one: CallRecord, other: CallRecord): number {
  return one.times.ended - other.times.ended || (one.callId < other.callId ? -1 : 1);
}
