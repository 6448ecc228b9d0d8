import { expect, test } from '@jest/globals';
import { octetsOfText } from '../../../lib/base/brands.ts';
import { textOf } from '../../../lib/base/octet-text.ts';

test('octets are read as UTF-8 where they are that, else as Latin-1', () => {
  expect(textOf('"A Caller" <sip:a@b>')).toBe('"A Caller" <sip:a@b>');
  expect(textOf(octetsOfText('"\u00c5sa \u00d6st \u260e"'))).toBe('"\u00c5sa \u00d6st \u260e"');
  expect(textOf('\u00d6st')).toBe('\u00d6st');
});
