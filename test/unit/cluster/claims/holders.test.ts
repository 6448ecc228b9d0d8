import { describe, expect, test } from '@jest/globals';
import { holdersOf, isLower } from '../../../../lib/cluster/claims/holders.ts';
import type { ClaimKey } from '../../../../lib/sip/claim-key.ts';
import { digest } from '../../../../lib/sip/digest.ts';

const keyOf = (call: number) => digest([`call ${call}`]) as ClaimKey;
const sitesTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const KEYS = Array.from({ length: 2000 }, (_, call) => keyOf(call));

describe('the holders of a claim', () => {
  test.each([2, 3, 4, 7, 50])(
    'of %d sites: who asks finds one that whoever owns has told',
    (count) => {
      const sites = sitesTo(count);
      const missed = KEYS.slice(0, 100).filter((key) => {
        const asked = sites.map((site) => [site, ...holdersOf(key, sites, site)]);
        return asked.some((owner) =>
          asked.some((asker) => !asker.some((one) => owner.includes(one))),
        );
      });
      expect(missed).toEqual([]);
    },
  );

  test('of three sites are all the others', () => {
    for (const key of KEYS.slice(0, 50)) {
      expect(new Set(holdersOf(key, [1, 2, 3], 2))).toEqual(new Set([1, 3]));
    }
    expect(holdersOf(keyOf(1), [1], 1)).toEqual([]);
    expect(holdersOf(keyOf(1), [1, 2], 1)).toEqual([2]);
  });

  test('are two, whatever the number of sites, and spread evenly', () => {
    const sites = sitesTo(50);
    const held = new Map<number, number>();
    for (const key of KEYS) {
      const holders = holdersOf(key, sites, 1);
      for (const site of holders) held.set(site, (held.get(site) ?? 0) + 1);
    }
    const shares = sites.slice(1).map((site) => held.get(site) ?? 0);
    expect([...held.values()].reduce((sum, one) => sum + one)).toBe(2 * KEYS.length);
    const mean = (2 * KEYS.length) / 49;
    expect(Math.min(...shares)).toBeGreaterThan(mean / 2);
    expect(Math.max(...shares)).toBeLessThan(mean * 2);
  });

  test('do not depend on the order in which sites are listed, and few move when one is added', () => {
    const sites = sitesTo(9);
    const moved = KEYS.filter((key) => {
      const before = holdersOf(key, sites, 1);
      const reversed = holdersOf(key, [...sites].reverse(), 1);
      if (reversed.join() !== before.join())
        throw new Error(`${before.join()}: ${reversed.join()}`);
      const after = holdersOf(key, [...sites, 10], 1);
      return before.some((site) => !after.includes(site));
    });
    // A tenth of both places falls to the new one.
    expect(moved.length / KEYS.length).toBeLessThan(0.3);
  });

  test('of two sites one is the lower, whichever asks', () => {
    const both = KEYS.filter((key) => isLower(key, 3, 8) === isLower(key, 8, 3));
    expect(both).toEqual([]);
    const first = KEYS.filter((key) => isLower(key, 3, 8)).length / KEYS.length;
    expect(Math.abs(first - 0.5)).toBeLessThan(0.1);
  });
});
