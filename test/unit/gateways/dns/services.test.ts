import { describe, expect, test } from '@jest/globals';
import type { Rng } from '../../../../lib/base/time.ts';
import {
  drawHops,
  drawOrder,
  HOPS_MAX,
  type Server,
} from '../../../../lib/gateways/dns/services.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

const server = (
  priority: number,
  weight: number,
  address = `10.${priority}.0.${weight}`,
): Server => ({
  priority,
  weight,
  port: 5060,
  addresses: [address],
});
const weights = (servers: readonly Server[]) => servers.map(({ weight }) => weight);
const lots = (...fractions: readonly number[]): Rng => {
  const left = [...fractions];
  return { fraction: () => left.shift() ?? 0, bytes: (count) => new Uint8Array(count) };
};

describe('the order of SRV records [2782]', () => {
  test('a client MUST attempt to contact the target host with the lowest-numbered priority', () => {
    const { rng } = new VirtualWorld(1).world;
    const servers = [server(30, 9), server(10, 1), server(20, 5), server(10, 2)];
    for (let draw = 0; draw < 100; draw += 1) {
      const priorities = drawOrder(servers, rng).map(({ priority }) => priority);
      expect(priorities).toEqual([10, 10, 20, 30]);
    }
  });

  test('selects the first running sum that is greater than or equal to the random number', () => {
    const servers = [server(1, 10), server(1, 20), server(1, 30)];
    // Of 61 lots, 0 to 60: 10 is the last of the first server, 11 the first of the second.
    expect(weights(drawOrder(servers, lots(10 / 61, 0)))).toEqual([10, 20, 30]);
    expect(weights(drawOrder(servers, lots(11 / 61, 0)))).toEqual([20, 10, 30]);
    expect(weights(drawOrder(servers, lots(60.9 / 61, 40.9 / 41)))).toEqual([30, 20, 10]);
  });

  test('records with weight 0 have a very small chance of being selected', () => {
    const servers = [server(1, 99), server(1, 0)];
    expect(weights(drawOrder(servers, lots(0)))).toEqual([0, 99]);
    expect(weights(drawOrder(servers, lots(0.011)))).toEqual([99, 0]);
  });

  test('larger weights are given a proportionately higher probability of being selected', () => {
    const seed = 20_260_101;
    const { rng } = new VirtualWorld(seed).world;
    const servers = [server(1, 70), server(1, 20), server(1, 10)];
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
    const servers = [server(1, 0), server(1, 0, '10.0.0.2'), server(1, 5), server(2, 0)];
    const drawn = drawOrder(servers, rng);
    expect(new Set(drawn)).toEqual(new Set(servers));
    expect(drawn).toHaveLength(servers.length);
  });
});

describe('the hops of one call', () => {
  const { rng } = new VirtualWorld(1).world;

  test('are each named once, and by one transport after the other', () => {
    const servers = [server(1, 0, '10.0.0.1'), server(2, 0, '10.0.0.1')];
    const hops = drawHops(
      [
        { transport: 'tcp', servers },
        { transport: 'udp', servers },
      ],
      rng,
    );
    expect(hops.map(({ transport }) => transport)).toEqual(['tcp', 'udp']);
  });

  test(`are ${HOPS_MAX} at most, the first ones of the order`, () => {
    const servers = Array.from({ length: 20 }, (_, index) => server(index, 0));
    const hops = drawHops([{ transport: 'udp', servers }], rng);
    expect(hops.map(({ address }) => address)).toEqual(
      servers.slice(0, HOPS_MAX).flatMap(({ addresses }) => addresses),
    );
  });
});
