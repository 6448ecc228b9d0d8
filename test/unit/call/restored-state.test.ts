import { describe, expect, test } from '@jest/globals';
import { difference } from '../../support/restoring-decide.ts';

describe('what a restored state is held against', () => {
  test('an absent property and one that is undefined are the same', () => {
    expect(difference({ tag: 'dialing', current: undefined }, { tag: 'dialing' }, 's')).toBe(
      undefined,
    );
  });

  test.each([
    ['a number', { at: 1 }, { at: 2 }, 's.at'],
    ['a set that text turns into an object', { seen: new Set() }, { seen: {} }, 's.seen'],
    ['bytes', { body: Buffer.from('a') }, { body: { type: 'Buffer', data: [97] } }, 's.body'],
    ['an endless delay', { ms: Number.POSITIVE_INFINITY }, { ms: null }, 's.ms'],
    ['an undefined element', { list: [undefined] }, { list: [null] }, 's.list.0'],
  ])('%s that does not come back is found', (_, one, other, where) => {
    expect(difference(one, other, 's')).toBe(where);
  });
});
