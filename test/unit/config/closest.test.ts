import { describe, expect, test } from '@jest/globals';
import { closest, editDistance } from '../../../config/closest.ts';

describe('closest', () => {
  test.each([
    ['gatways', 'gateways'],
    ['SITENUMBER', 'siteNumber'],
    ['gruops', 'groups'],
    ['trunk', 'trunks'],
    ['completely', undefined],
    ['', undefined],
  ])('%s -> %s', (word, found) => {
    expect(closest(word, ['site', 'siteNumber', 'gateways', 'groups', 'trunks'])).toBe(found);
  });

  test('prefers the nearer of two, and knows none where there are none', () => {
    expect(closest('psap-bb', ['psap-a', 'psap-b'])).toBe('psap-b');
    expect(closest('psap', [])).toBeUndefined();
  });
});

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'axc', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %d', (one, other, distance) => {
    expect(editDistance(one, other)).toBe(distance);
    expect(editDistance(other, one)).toBe(distance);
  });
});
