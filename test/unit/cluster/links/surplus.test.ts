import { describe, expect, test } from '@jest/globals';
import { whichStays } from '../../../../lib/cluster/links/surplus.ts';

const line = (isDialledHere: boolean, epoch = 1) => ({ isDialledHere, epoch });

describe('of two lines to one site', () => {
  test('the only one stays', () => {
    expect(whichStays(undefined, line(true), 1, 2)).toBe('young');
  });

  test('dialled from both ends the one of the lower number stays, seen from either end', () => {
    expect(whichStays(line(true), line(false), 1, 2)).toBe('old');
    expect(whichStays(line(false), line(true), 1, 2)).toBe('young');
    expect(whichStays(line(true), line(false), 2, 1)).toBe('young');
    expect(whichStays(line(false), line(true), 2, 1)).toBe('old');
  });

  test('dialled twice from one end the later one stays', () => {
    for (const isDialledHere of [true, false]) {
      expect(whichStays(line(isDialledHere), line(isDialledHere), 1, 2)).toBe('young');
    }
  });

  test('that of the younger start stays, and an older start gets none', () => {
    expect(whichStays(line(true, 1), line(false, 2), 1, 2)).toBe('young');
    expect(whichStays(line(true, 2), line(false, 1), 2, 1)).toBe('neither');
  });
});
