import { BoundedMap } from '../../base/bounded-map.ts';
import { type LineWorld, WaitingLine } from '../../base/waiting-line.ts';

const KEPT_MS = 32_000;
const NAMES_MAX = 50_000;

/** Counts what is said about each of many strays, for as long as a transaction lasts. */
export type FrameTally = {
  /** Whether so many more may be said; then they are counted. */
  take(name: string, frames: number): boolean;
  readonly size: () => number;
  close(): void;
};

/** Beyond the limit of names the oldest begins anew; who gets too much of it drops it. */
export function openFrameTally(world: LineWorld, max: number, namesMax = NAMES_MAX): FrameTally {
  const counts = new BoundedMap<string, number>(namesMax);
  const over = new WaitingLine<string>(world, KEPT_MS, (name) => void counts.delete(name));
  return {
    take(name, frames) {
      const count = counts.get(name);
      if (count === undefined) over.add(name);
      if ((count ?? 0) + frames > max) return false;
      counts.set(name, (count ?? 0) + frames);
      return true;
    },
    size: () => counts.size,
    close: () => over.clear(),
  };
}
