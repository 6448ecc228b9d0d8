import { describe, expect, test } from '@jest/globals';
import { drawOrder, type Weighted } from '../../../lib/base/draw-order.ts';
import type { Rng } from '../../../lib/base/time.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const weighted = (priority: number, weight: number): Weighted => ({ priority, weight });
const weights = (servers: readonly Weighted[]) => servers.map(({ weight }) => weight);
const lots = (...fractions: readonly number[]): Rng => {
  const left = [...fractions];
  return { fraction: () => left.shift() ?? 0, bytes: (count) => new Uint8Array(count) };
};

describe('the order of a draw [2782]', () => {
  test('a client MUST attempt to contact the target host with the lowest-numbered priority', () => {
    const { rng } = new VirtualWorld(1).world;
    const servers = [weighted(30, 9), weighted(10, 1), weighted(20, 5), weighted(10, 2)];
    for (let draw = 0; draw < 100; draw += 1) {
      const priorities = drawOrder(servers, rng).map(({ priority }) => priority);
      expect(priorities).toEqual([10, 10, 20, 30]);
    }
  });

  test('selects the first running sum that is greater than or equal to the random number', () => {
    const servers = [weighted(1, 10), weighted(1, 20), weighted(1, 30)];
    // Of 61 lots, 0 to 60: 10 is the last of the first server, 11 the first of the second.
    expect(weights(drawOrder(servers, lots(10 / 61, 0)))).toEqual([10, 20, 30]);
    expect(weights(drawOrder(servers, lots(11 / 61, 0)))).toEqual([20, 10, 30]);
    expect(weights(drawOrder(servers, lots(60.9 / 61, 40.9 / 41)))).toEqual([30, 20, 10]);
  });

  test('records with weight 0 have a very small chance of being selected', () => {
    const servers = [weighted(1, 99), weighted(1, 0)];
    expect(weights(drawOrder(servers, lots(0)))).toEqual([0, 99]);
    expect(weights(drawOrder(servers, lots(0.011)))).toEqual([99, 0]);
  });

  test('larger weights are given a proportionately higher probability of being selected', () => {
    const seed = 20_260_101;
    const { rng } = new VirtualWorld(seed).world;
    const servers = [weighted(1, 70), weighted(1, 20), weighted(1, 10)];
    const draws = 100_000;
    const first = new Map<number, number>();
    for (let draw = 0; draw < draws; draw += 1) {
      const weight = drawOrder(servers, rng)[0]?.weight ?? -1;
      first.set(weight, (first.get(weight) ?? 0) + 1);
    }
    // Lots are 0 to 100; a weight has one lot for each of its units, the first server one more.
    for (const [weight, chance] of [
      [70, 71 / 101],
      [20, 20 / 101],
      [10, 10 / 101],
    ] as const) {
      const deviation = Math.sqrt(draws * chance * (1 - chance));
      const off = Math.abs((first.get(weight) ?? 0) - draws * chance);
      expect({ seed, weight, deviations: off / deviation }).toMatchObject({ weight });
      expect(off / deviation).toBeLessThan(6);
    }
  });

  test('every server stands in it once', () => {
    const { rng } = new VirtualWorld(3).world;
    const servers = [weighted(1, 0), weighted(1, 0), weighted(1, 5), weighted(2, 0)];
    const drawn = drawOrder(servers, rng);
    expect(new Set(drawn)).toEqual(new Set(servers));
    expect(drawn).toHaveLength(servers.length);
  });

  test('where no weight is given the order stays as it is, and no lot is drawn', () => {
    const servers = ['a', 'b', 'c'].map((name) => ({ name, priority: 1 }));
    expect(drawOrder(servers, lots(Number.NaN))).toEqual(servers);
  });
});
