import { expect, test } from '@jest/globals';
import { listenerToward } from '../../../lib/gateways/listener-toward.ts';
import type { Listener } from '../../../lib/ports/sip-engine.ts';
import type { Transport } from '../../../lib/sip/address.ts';

const side = (transport: Transport, address: string): Listener => ({
  role: 'gateway',
  transport,
  address,
  port: 5060,
  advertise: undefined,
});
const V4 = side('udp', '10.0.0.11');
const V6 = side('udp', '2001:db8::11');
const TCP4 = side('tcp', '10.0.0.11');

test.each([
  ['10.0.1.31', 'udp', V4],
  ['2001:db8::31', 'udp', V6],
  ['10.0.1.31', 'tcp', TCP4],
  ['2001:db8::31', 'tcp', undefined],
] as const)('toward %s by %s', (address, transport, expected) => {
  expect(listenerToward({ address }, transport, [TCP4, V4, V6])).toBe(expected);
});
