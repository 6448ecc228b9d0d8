import { expect, test } from '@jest/globals';
import { defaultPort, type Transport } from '../../../lib/sip/address.ts';

test.each<[Transport, number]>([
  ['udp', 5060],
  ['tcp', 5060],
  ['tls', 5061],
])('the default port value is transport and scheme dependent: %s %d [3261-19.1.2]', (by, port) => {
  expect(defaultPort(by)).toBe(port);
});
