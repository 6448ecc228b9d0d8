import { expect, test } from '@jest/globals';
import { ownAddress } from '../../../lib/node/own-address.ts';
import type { Listener } from '../../../lib/ports/sip-engine.ts';

const at = (role: Listener['role'], address: string, advertise?: string): Listener => ({
  role,
  transport: 'udp',
  address,
  port: 5060,
  advertise,
});
const isOwn = ownAddress([
  at('anycast', '192.0.2.112'),
  at('unicast', '10.0.0.12', '198.51.100.11'),
  at('gateway', '10.0.0.11'),
]);

test.each([
  ['192.0.2.112', 5080, true],
  ['10.0.0.12', 5060, true],
  ['198.51.100.11', 5060, true],
  ['10.0.0.11', 5060, true],
  ['10.0.0.11', 5080, false],
  ['10.0.1.31', 5060, false],
])('%s:%i is our own: %s', (address, port, expected) => {
  expect(isOwn({ address, port })).toBe(expected);
});
