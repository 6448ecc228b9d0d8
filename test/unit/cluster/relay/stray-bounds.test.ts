import { describe, expect, test } from '@jest/globals';
import { FRAMES_MAX, openStrayBook } from '../../../../lib/cluster/relay/stray-book.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

describe('the strays that a site has sent to others', () => {
  test('cause eight frames at most, both ways together', () => {
    const book = openStrayBook<string>(new VirtualWorld(1).world);
    const number = book.begin('way');
    expect([book.mayAsk(number, 2), book.mayAsk(number, 3)]).toEqual([true, true]);
    const back = Array.from({ length: 10 }, (_, at) => book.wayBack(number, 2 + (at % 2)));
    expect(back.filter((way) => way === 'way')).toHaveLength(FRAMES_MAX - 4);
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
