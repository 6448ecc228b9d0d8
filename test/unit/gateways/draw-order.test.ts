import { expect, test } from '@jest/globals';
import { drawOrder } from '../../../lib/gateways/draw-order.ts';
import type { Gateway, GatewayName } from '../../../lib/gateways/options.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const gateway = (name: string, priority: number, weight?: number): Gateway => ({
  name: name as GatewayName,
  uri: uriText('sip:10.0.1.1'),
  address: { address: '10.0.1.1', port: 5060 },
  priority,
  ...(weight === undefined ? {} : { weight }),
});
const draw = (all: readonly Gateway[], seed: number) =>
  drawOrder(all, new VirtualWorld(seed).world.rng).map(({ name }) => name);

test('Larger weights SHOULD be given a proportionately higher probability of being selected. [2782]', () => {
  const all = [gateway('heavy', 1, 3), gateway('light', 1, 1), gateway('spare', 2, 100)];
  const { rng } = new VirtualWorld(7).world;
  const firsts = Array.from({ length: 4000 }, () => drawOrder(all, rng).map(({ name }) => name));
  expect(firsts.every((order) => order.length === 3 && order[2] === 'spare')).toBe(true);
  const share = firsts.filter(([first]) => first === 'heavy').length / firsts.length;
  // Three of the five lots from 0 to 4 fall on the heavy one, and which one has 0 is by place.
  expect(share).toBeGreaterThan(0.55);
  expect(share).toBeLessThan(0.85);
});

test('without weights the order of the group stays', () => {
  expect(draw([gateway('b', 1), gateway('c', 1), gateway('a', 1)], 3)).toEqual(['b', 'c', 'a']);
});

test('in the presence of weights, those of weight 0 should have a very small chance [2782]', () => {
  const all = [gateway('busy', 1, 1000), gateway('never', 1, 0)];
  const { rng } = new VirtualWorld(9).world;
  const first = Array.from({ length: 500 }, () => drawOrder(all, rng)[0]?.name);
  expect(first.filter((name) => name === 'never').length).toBeLessThan(5);
});
