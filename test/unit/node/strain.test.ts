import { describe, expect, test } from '@jest/globals';
import { monoMs } from '../../../lib/base/brands.ts';
import {
  MEASURE_MS,
  NO_STRAIN,
  type Strain,
  strainAfter,
  strainWatch,
} from '../../../lib/node/strain.ts';
import type { Notice } from '../../../lib/ports/event-sink.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const LIMIT = 100;
const strainOf = (measured: readonly number[], from: Strain = NO_STRAIN) =>
  measured.reduce((strain, ms) => strainAfter(strain, ms, LIMIT), from);
const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);

describe('the strain of a node', () => {
  test('a single pause is no overload, however long', () => {
    expect(strainOf([0, 5000, 0]).refusedShare).toBe(0);
    expect(strainOf([0, 5000, 3, 4000, 2]).lagMs).toBe(2);
  });

  test('the share that is refused rises while the node is later than the limit', () => {
    expect(strainOf([101, 101]).refusedShare).toBe(0.25);
    expect(strainOf([101, 101, 500]).refusedShare).toBe(0.5);
    expect(strainOf(times(20, 101)).refusedShare).toBe(1);
  });

  test('at the limit itself nothing is refused', () => {
    expect(strainOf(times(20, 100)).refusedShare).toBe(0);
  });

  test('between half of the limit and the limit it stays, so that it does not swing', () => {
    const before = strainOf([200, 200]);
    expect(strainOf(times(50, 75), before).refusedShare).toBe(0.25);
  });

  test('below half of the limit it falls slowly to nothing', () => {
    const before = strainOf(times(10, 200));
    expect(strainOf(times(1, 50), before).refusedShare).toBeCloseTo(0.96);
    expect(strainOf(times(24, 50), before).refusedShare).toBeCloseTo(0.04);
    expect(strainOf(times(25, 50), before).refusedShare).toBe(0);
    expect(strainOf(times(500, 0), before).refusedShare).toBe(0);
  });

  test('a node that gets twice what it can carry refuses about half, and its lag stays bounded', () => {
    const time = new VirtualWorld(1);
    let strain = NO_STRAIN;
    let waitMs = 0;
    let refused = 0;
    const lags: number[] = [];
    for (let tick = 0; tick < 600; tick += 1) {
      const share = strain.refusedShare;
      // Two calls of work arrive for each that is done; a refusal costs a tenth of a call.
      const work = 2 * MEASURE_MS * (1 - share + share / 10) * (0.9 + 0.2 * time.random());
      waitMs = Math.max(0, waitMs + work - MEASURE_MS);
      strain = strainAfter(strain, waitMs, LIMIT);
      if (tick < 100) continue;
      refused += share / 500;
      lags.push(waitMs);
    }
    expect(refused).toBeGreaterThan(0.5);
    expect(refused).toBeLessThan(0.75);
    expect(Math.max(...lags)).toBeLessThan(3 * LIMIT);
  });
});

describe('the watch', () => {
  function open() {
    const time = new VirtualWorld(1);
    const notices: Notice[] = [];
    const sink = { note: (notice: Notice) => void notices.push(notice) };
    const watch = strainWatch(time.world, sink, () => LIMIT);
    return { time, notices, watch };
  }

  test('takes what the engine says, tells when it begins and when it is over, and ends', () => {
    const { time, notices, watch } = open();
    let waitedMs = 250;
    const stop = watch.start(() => waitedMs);
    time.runUntil(10 * MEASURE_MS);
    expect(watch.now()).toEqual({ lagMs: 250, lastMs: 250, refusedShare: 1 });
    expect(notices).toEqual([{ event: 'overload-began', level: 'warn', lagMs: 250 }]);
    waitedMs = 3;
    time.runUntil(60 * MEASURE_MS);
    expect(watch.now().refusedShare).toBe(0);
    expect(notices.at(-1)).toEqual({ event: 'overload-ended', level: 'warn', lagMs: 3 });
    stop();
    expect(time.pending).toBe(0);
  });

  test("a timer's own lateness counts as well", () => {
    const { time } = open();
    let lateMs = 0;
    const clock = { ...time.world.clock, mono: () => monoMs(time.nowMs + lateMs) };
    const late = strainWatch({ ...time.world, clock }, { note: () => undefined }, () => LIMIT);
    const stop = late.start(() => 0);
    for (const round of [1, 2, 3]) {
      lateMs += 180;
      time.runUntil(round * MEASURE_MS);
    }
    expect(late.now().lagMs).toBe(180);
    stop();
  });
});
