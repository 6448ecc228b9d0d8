import { expect, test } from '@jest/globals';
import { reasonHeader, warning } from '../../../lib/sip/warning.ts';

test('399 Miscellaneous warning: The warning text can include arbitrary information to be presented to a human user or logged. [3261-20.43]', () => {
  expect(warning('sto', 'say "no\\"')).toEqual({
    name: 'warning',
    written: 'Warning',
    value: '399 sto "say \\"no\\\\\\""',
  });
  expect(warning('sto', 'Åsa').value).toBe('399 sto "\xc3\x85sa"');
});

test('SIP: The cause parameter contains a SIP status code. [3326-2]', () => {
  expect(reasonHeader(503, 'gateway down')).toEqual({
    name: 'reason',
    written: 'Reason',
    value: 'SIP;cause=503;text="gateway down"',
  });
});
