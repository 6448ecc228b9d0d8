import { describe, expect, test } from '@jest/globals';
import { languagesIn, spokenOf } from '../../../lib/sip/accept-language.ts';
import { header } from '../../../lib/sip/header-names.ts';

const asked = (...values: string[]) =>
  languagesIn(values.map((value) => header('Accept-Language', value)));

describe('the languages that a caller asks for', () => {
  test('go by their preference, however many headers they stand in [3261-20.3]', () => {
    expect(asked('da, en-GB;q=0.8', 'en;q=0.7, sv ; q=0.9')).toEqual(['da', 'sv', 'en-gb', 'en']);
  });

  test('leave out what is not wanted and what is no language', () => {
    expect(asked('fi;q=0, *, sv_SE, , en;q=2')).toEqual(['en']);
    expect(asked()).toEqual([]);
  });
});

test('what is spoken is looked up from the whole range down to its first part [4647-3.4]', () => {
  const there = [{ language: 'en-GB' }, { language: 'sv' }, { language: 'de' }];

  expect(spokenOf(there, ['fi', 'sv-fi'])?.language).toBe('sv');
  expect(spokenOf(there, ['en'])?.language).toBe('en-GB');
  expect(spokenOf(there, ['en-us', 'de'])?.language).toBe('de');
  expect(spokenOf(there, ['nb'])).toBeUndefined();
});
