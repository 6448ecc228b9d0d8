import { expect, test } from '@jest/globals';
import { BoundedMap } from '../../../lib/base/bounded-map.ts';
import { mulberry32 } from '../../support/virtual-world.ts';

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

test('the oldest is found whatever was set again, deleted and pushed out before', () => {
  const evicted: number[] = [];
  const map = new BoundedMap<number, string>(50, (key) => evicted.push(key));
  let expected: [number, string][] = [];
  const gone: number[] = [];
  const random = mulberry32(7);
  for (let turn = 0; turn < 20_000; turn += 1) {
    const key = Math.floor(random() * 80);
    const at = expected.findIndex(([one]) => one === key);
    if (random() < 0.3) {
      expect(map.delete(key)).toBe(at >= 0);
      expected = expected.filter(([one]) => one !== key);
    } else {
      map.set(key, `${turn}`);
      if (at >= 0) expected[at] = [key, `${turn}`];
      else expected.push([key, `${turn}`]);
      if (expected.length > 50) gone.push(expected.shift()?.[0] ?? -1);
    }
    const [first] = expected;
    expect(map.oldest?.key).toBe(first?.[0]);
    expect(map.oldest?.value).toBe(first?.[1]);
  }
  expect(gone.length).toBeGreaterThan(100);
  expect(evicted).toEqual(gone);
  expect([...map.entries()]).toEqual(expected);
  map.clear();
  expect(map.oldest).toBeUndefined();
});

test('a map without room is refused', () => {
  expect(() => new BoundedMap(0)).toThrow('sizeMax is 0');
});
