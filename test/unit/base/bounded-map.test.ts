import { expect, test } from '@jest/globals';
import { BoundedMap } from '../../../lib/base/bounded-map.ts';

test('a full map lets its oldest entry go, and says so', () => {
  const evicted: string[] = [];
  const map = new BoundedMap<string, number>(2, (key, value) => evicted.push(`${key}${value}`));
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect(evicted).toEqual(['a3']);
  expect([...map.entries()]).toEqual([
    ['b', 2],
    ['c', 4],
  ]);
  expect(map.size).toBe(2);
  expect(map.delete('b')).toBe(true);
  expect(map.has('b')).toBe(false);
});

test('a map without room is refused', () => {
  expect(() => new BoundedMap(0)).toThrow('sizeMax is 0');
});
