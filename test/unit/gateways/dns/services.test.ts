import { describe, expect, test } from '@jest/globals';
import { drawHops, HOPS_MAX, type Server } from '../../../../lib/gateways/dns/services.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

const server = (priority: number, address: string): Server => ({
  priority,
  weight: 0,
  port: 5060,
  addresses: [address],
});

describe('the hops of one call', () => {
  const { rng } = new VirtualWorld(1).world;

  test('are each named once, and by one transport after the other', () => {
    const servers = [server(1, '10.0.0.1'), server(2, '10.0.0.1')];
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
    const servers = Array.from({ length: 20 }, (_, index) => server(index, `10.0.0.${index + 1}`));
    const hops = drawHops([{ transport: 'udp', servers }], rng);
    expect(hops.map(({ address }) => address)).toEqual(
      servers.slice(0, HOPS_MAX).flatMap(({ addresses }) => addresses),
    );
  });
});
