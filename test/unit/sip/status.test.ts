import { expect, test } from '@jest/globals';
import { reasonPhrase } from '../../../lib/sip/status.ts';

test('every status has words', () => {
  expect(reasonPhrase(200)).toBe('OK');
  expect(reasonPhrase(487)).toBe('Request Terminated');
  expect(reasonPhrase(499)).toBe('Request Failure');
  for (let status = 100; status < 700; status += 1) expect(reasonPhrase(status)).toMatch(/^[A-Z]/);
  expect(reasonPhrase(42)).toBe('Unknown');
});
