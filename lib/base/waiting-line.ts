import type { Alarm, Clock, Timers } from './time.ts';

/** After the first of many is due, those due within this time are let go together. */
const TOGETHER_MS = 100;
const GONE_MAX = 10_000;

/**
 * Things that all wait equally long, with one alarm for all of them: what has ended lingers by the
 * ten thousand, and an alarm each would cost more memory than the things themselves. What has
 * become of one meanwhile is for `onDue` to know.
 */
export class WaitingLine<Item> {
  readonly #timers: Timers;
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #onDue: (item: Item) => void;
  #items: (Item | undefined)[] = [];
  #dueAt: number[] = [];
  /** Those before it have gone. */
  #first = 0;
  #alarm: Alarm | undefined;

  constructor(world: LineWorld, waitMs: number, onDue: (item: Item) => void) {
    this.#timers = world.timers;
    this.#clock = world.clock;
    this.#waitMs = waitMs;
    this.#onDue = onDue;
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#dueAt.push(this.#clock.mono() + this.#waitMs);
    this.#alarm ??= this.#timers.set(this.#waitMs, () => this.#letGo());
  }

  clear(): void {
    if (this.#alarm !== undefined) this.#timers.clear(this.#alarm);
    this.#alarm = undefined;
    this.#items = [];
    this.#dueAt = [];
    this.#first = 0;
  }

  #letGo(): void {
    const now = this.#clock.mono();
    let dueAt = this.#dueAt[this.#first];
    while (dueAt !== undefined && dueAt <= now) {
      const item = this.#items[this.#first];
      this.#items[this.#first] = undefined;
      this.#first += 1;
      if (item !== undefined) this.#onDue(item);
      dueAt = this.#dueAt[this.#first];
    }
    this.#forgetGone();
    this.#alarm =
      dueAt === undefined
        ? undefined
        : this.#timers.set(Math.max(dueAt - now, TOGETHER_MS), () => this.#letGo());
  }

  #forgetGone(): void {
    if (this.#first < GONE_MAX && this.#first < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#dueAt = this.#dueAt.slice(this.#first);
    this.#first = 0;
  }
}

export type LineWorld = { readonly timers: Timers; readonly clock: Clock };
