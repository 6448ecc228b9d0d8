import { createHash } from 'node:crypto';
import { monoMs, unixMs } from '../../lib/base/brands.ts';
import type { World } from '../../lib/base/time.ts';

const EPOCH_UNIX_MS = 1_800_000_000_000;

type Entry = { at: number; order: number; run: (() => void) | undefined };

/** Time that passes only when told to, and chance from one seed: the same seed, the same run. */
export class VirtualWorld {
  readonly world: World;
  #now = 0;
  #order = 0;
  #pending = 0;
  readonly #heap: Entry[] = [];
  readonly random: () => number;

  constructor(seed: number) {
    this.random = mulberry32(seed);
    let counter = 0;
    this.world = {
      clock: {
        mono: () => monoMs(this.#now),
        unix: () => unixMs(EPOCH_UNIX_MS + Math.floor(this.#now)),
      },
      rng: {
        fraction: this.random,
        bytes: (count) => {
          counter += 1;
          return createHash('sha256').update(`${seed}/${counter}`).digest().subarray(0, count);
        },
      },
      timers: {
        set: (delayMs, run) => this.at(this.#now + delayMs, run),
        clear: (alarm) => {
          const entry = alarm as Entry;
          if (entry.run !== undefined) this.#pending -= 1;
          entry.run = undefined;
        },
      },
    };
  }

  get nowMs(): number {
    return this.#now;
  }

  /** How many alarms are still set. */
  get pending(): number {
    return this.#pending;
  }

  /** Runs something at a moment; moments that are equal run in the order they were set. */
  at(atMs: number, run: () => void): Entry {
    this.#order += 1;
    const entry: Entry = { at: Math.max(atMs, this.#now), order: this.#order, run };
    this.#pending += 1;
    push(this.#heap, entry);
    return entry;
  }

  /** Lets time pass up to and including `untilMs`, or until nothing is left to happen. */
  runUntil(untilMs: number): void {
    while (this.runNext(untilMs));
    if (untilMs !== Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, untilMs);
  }

  /** Lets the next thing happen; answers whether there was one up to and including `untilMs`. */
  runNext(untilMs: number): boolean {
    for (let next = this.#heap[0]; next !== undefined && next.at <= untilMs; next = this.#heap[0]) {
      pop(this.#heap);
      const { run } = next;
      if (run === undefined) continue;
      this.#now = next.at;
      next.run = undefined;
      this.#pending -= 1;
      run();
      return true;
    }
    return false;
  }
}

/** A small generator of 32-bit state: good enough for scenarios, and repeatable. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const before = (one: Entry, other: Entry) =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

function push(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Entry;
    if (!before(entry, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop() as Entry;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry))
      child += 1;
    const below = heap[child] as Entry;
    if (!before(below, last)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
}
