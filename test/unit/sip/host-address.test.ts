import { expect, test } from '@jest/globals';
import { sameHost } from '../../../lib/sip/host-address.ts';

test.each([
  ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', true],
  ['2001:db8::1', '2001:db8::2', false],
  ['::1', '0::1', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.10', false],
  ['SBC.example', 'sbc.example', true],
  ['sbc.example', '2001:db8::1', false],
  ['1:2:3', '1:2:3', true],
  ['1:2:3', '1:2:03', false],
])('%s and %s are one host: %s', (one, other, expected) => {
  expect(sameHost(one, other)).toBe(expected);
  expect(sameHost(other, one)).toBe(expected);
});
