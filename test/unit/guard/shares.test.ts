import { describe, expect, test } from '@jest/globals';
import { shareBook } from '../../../lib/guard/shares.ts';
import type { Trunk } from '../../../lib/guard/trunks.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const trunk: Trunk = {
  name: 'carrier',
  source: ['203.0.113.0/24'],
  offAnycast: 'always',
  callsPerSecMax: 3,
  callsMax: 2,
};
const UNKNOWN = { callsPerSecMax: 1, callsMax: 1 };

function open(sourcesMax?: number) {
  const time = new VirtualWorld(1);
  const book = shareBook(time.world.clock, sourcesMax);
  const isOverRate = (of: Trunk | undefined, address: string) =>
    book.arrive(book.of(of, address, UNKNOWN)).isOverRate;
  return { time, book, isOverRate };
}

describe('shares', () => {
  test('a source may bring as many calls a second as its share says', () => {
    const { time, isOverRate } = open();
    const burst = () => [1, 2, 3, 4].map(() => isOverRate(trunk, '203.0.113.7'));
    expect(burst()).toEqual([false, false, false, true]);
    time.runUntil(500);
    expect(burst()).toEqual([false, true, true, true]);
    time.runUntil(10_000);
    expect(burst()).toEqual([false, false, false, true]);
  });

  test('the addresses of one /64 are one source, those of another are not', () => {
    const { book } = open();
    const share = book.of(undefined, '2001:db8:1:2::1', UNKNOWN);
    expect(book.of(undefined, '2001:db8:1:2:ffff::9', UNKNOWN)).toBe(share);
    expect(book.of(undefined, '2001:db8:1:3::1', UNKNOWN)).not.toBe(share);
    expect(book.sourcesNow()).toBe(2);
  });

  test('calls beyond the rate take nothing from those that follow', () => {
    const { time, isOverRate } = open();
    let placed = 0;
    for (let at = 0; at < 10_000; at += 5) {
      time.runUntil(at);
      if (!isOverRate(trunk, '203.0.113.7')) placed += 1;
    }
    expect(placed).toBeGreaterThanOrEqual(32);
    expect(placed).toBeLessThanOrEqual(33);
  });

  test('all addresses of a trunk have one share, each address without a trunk has its own', () => {
    const { isOverRate } = open();
    const trunks = [1, 2, 3, 4].map((host) => isOverRate(trunk, `203.0.113.${host}`));
    expect(trunks).toEqual([false, false, false, true]);
    const unknown = ['198.51.100.1', '198.51.100.2', '198.51.100.1'];
    expect(unknown.map((address) => isOverRate(undefined, address))).toEqual([false, false, true]);
  });

  test('a source may have as many calls at once as its share says', () => {
    const { book } = open();
    const share = book.of(trunk, '203.0.113.7', UNKNOWN);
    const seen = [0, 1, 2].map((callsNow) => {
      share.callsNow = callsNow;
      return book.arrive(share).isOverShare;
    });
    expect(seen).toEqual([false, false, true]);
  });

  test('a trunk without limits is never over its share', () => {
    const free: Trunk = { name: 'free', source: [], offAnycast: 'always' };
    const book = shareBook(new VirtualWorld(1).world.clock);
    const share = book.of(free, '203.0.113.7', UNKNOWN);
    share.callsNow = 1_000_000;
    for (let call = 0; call < 1000; call += 1) {
      expect(book.arrive(share)).toEqual({ isOverRate: false, isOverShare: false });
    }
  });

  test('limits that have changed hold at once, and what was taken stays taken', () => {
    const { time, book, isOverRate } = open();
    book.of(trunk, '203.0.113.7', UNKNOWN).callsNow = 2;
    for (let call = 0; call < 3; call += 1) isOverRate(trunk, '203.0.113.7');
    const wider: Trunk = { ...trunk, callsPerSecMax: 100, callsMax: 3 };
    const share = book.of(wider, '203.0.113.7', UNKNOWN);
    expect(book.arrive(share)).toEqual({ isOverRate: true, isOverShare: false });
    time.runUntil(20);
    expect(book.arrive(share)).toEqual({ isOverRate: false, isOverShare: false });
  });

  test('a flood of spoofed sources grows nothing and pushes no trunk out', () => {
    const { book, isOverRate } = open(100);
    for (let call = 0; call < 4; call += 1) isOverRate(trunk, '203.0.113.7');
    for (let host = 0; host < 5000; host += 1) isOverRate(undefined, `10.${host}`);
    expect(book.sourcesNow()).toBe(100);
    expect(isOverRate(trunk, '203.0.113.7')).toBe(true);
    expect(isOverRate(undefined, '10.4999')).toBe(true);
    expect(isOverRate(undefined, '10.0')).toBe(false);
  });

  test('the address unheard for longest is forgotten first', () => {
    const { isOverRate } = open(2);
    isOverRate(undefined, 'a');
    isOverRate(undefined, 'b');
    isOverRate(undefined, 'a');
    isOverRate(undefined, 'c');
    expect(isOverRate(undefined, 'a')).toBe(true);
    expect(isOverRate(undefined, 'b')).toBe(false);
  });
});
