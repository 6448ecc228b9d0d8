import { describe, expect, test } from '@jest/globals';
import { monoMs } from '../../../../lib/base/brands.ts';
import { FRAMES_MAX, openStrayBook } from '../../../../lib/cluster/relay/stray-book.ts';
import { openStrayLimits } from '../../../../lib/cluster/relay/stray-limits.ts';
import { sipCallId } from '../../../../lib/sip/ids.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

describe('the strays that a site has sent to others', () => {
  test('cause eight frames at most, both ways together', () => {
    const book = openStrayBook<string>(new VirtualWorld(1).world);
    const number = book.begin('way');
    expect([book.mayAsk(number, 2), book.mayAsk(number, 3)]).toEqual([true, true]);
    const back = Array.from({ length: 10 }, (_, at) => book.wayBack(number, 2 + (at % 2)));
    expect(back.filter((way) => way === 'way')).toHaveLength(FRAMES_MAX - 2);
    expect(book.mayAsk(number, 2)).toBe(false);
  });

  test('are answered by sites that were asked, and nobody else', () => {
    const book = openStrayBook<string>(new VirtualWorld(1).world);
    const [first, second] = [book.begin('one'), book.begin('two')];
    book.mayAsk(first, 2);
    book.mayAsk(second, 3);
    expect([book.wayBack(first, 2), book.wayBack(second, 3)]).toEqual(['one', 'two']);
    expect([book.wayBack(first, 3), book.wayBack(second, 2), book.wayBack(99, 2)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('are known for as long as a transaction lasts', () => {
    const time = new VirtualWorld(1);
    const book = openStrayBook<string>(time.world);
    const number = book.begin('way');
    book.mayAsk(number, 2);
    time.runUntil(31_999);
    expect(book.wayBack(number, 2)).toBe('way');
    time.runUntil(33_000);
    expect([book.wayBack(number, 2), book.size(), time.pending]).toEqual([undefined, 0, 0]);
  });

  test('are no more than fit: the oldest is forgotten', () => {
    const book = openStrayBook<number>(new VirtualWorld(1).world, 10);
    const numbers = Array.from({ length: 25 }, (_, at) => book.begin(at));
    expect(book.size()).toBe(10);
    expect(numbers.map((number) => book.mayAsk(number, 2)).indexOf(true)).toBe(15);
    book.close();
  });
});

describe('how much one sender may have sent on', () => {
  const from = (source: string, call = 'one', isVerified = false) => ({
    source,
    isVerified,
    callId: sipCallId(call),
  });
  const many = (count: number, stray: (at: number) => ReturnType<typeof from>, nowMs = 0) => {
    const limits = openStrayLimits();
    const said = Array.from({ length: count }, (_, at) => limits.mayPass(stray(at), monoMs(nowMs)));
    return { limits, passed: said.filter((one) => one === 'yes').length, last: said.at(-1) };
  };

  test('is bounded for an address, and others do not notice', () => {
    const { limits, passed, last } = many(1000, (at) => from('203.0.113.7', `c${at}`));
    expect([passed, last]).toEqual([100, 'source']);
    expect(limits.mayPass(from('203.0.113.8', 'x'), monoMs(0))).toBe('yes');
    expect(limits.mayPass(from('203.0.113.7', 'x'), monoMs(20))).toBe('yes');
    expect(limits.mayPass(from('203.0.113.7', 'y'), monoMs(20))).toBe('source');
  });

  test('is bounded for a dialog, whoever speaks of it', () => {
    const { passed, last } = many(200, (at) => from(`203.0.113.${at}`));
    expect([passed, last]).toEqual([40, 'dialog']);
  });

  test('is more for a trunk, and an address of its name is not it', () => {
    const { limits, passed } = many(10_000, (at) => from('carrier', `c${at}`, true));
    expect(passed).toBe(4000);
    expect(limits.mayPass(from('carrier', 'x'), monoMs(0))).toBe('yes');
  });

  test('is kept for a bounded number of senders', () => {
    const limits = openStrayLimits(10);
    for (let at = 0; at < 1000; at += 1) limits.mayPass(from(`a${at}`, `c${at}`), monoMs(0));
    // The first one is forgotten, and begins anew.
    expect(limits.mayPass(from('a0', 'c0'), monoMs(0))).toBe('yes');
  });
});
