import { expect, test } from '@jest/globals';
import { trimmed } from '../../../lib/sip/white-space.ts';

test('linear white space is SP, HTAB and line breaks; no byte of a letter is taken for it [3261-25.1]', () => {
  expect(trimmed(' \t\r\n a b \t\r\n')).toBe('a b');
  expect(trimmed('Dolc\xc3\xa0 ')).toBe('Dolc\xc3\xa0');
  expect(trimmed('x  y  z', 1, 6)).toBe('y');
  expect(trimmed(' \t ')).toBe('');
});
