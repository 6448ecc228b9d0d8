import { describe, expect, test } from '@jest/globals';
import { digest, shortName } from '../../../lib/sip/digest.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';

describe('a short name', () => {
  test('is the texts themselves where they are short, else of the length of a digest', () => {
    expect(shortName(['one', 'two'])).toBe('one\ntwo');
    expect(shortName(['x'.repeat(128)])).toBe('x'.repeat(128));
    const long = ['x'.repeat(100), 'y'.repeat(100)];
    expect(shortName(long)).toBe(digest(long));
    expect(shortName(long)).toHaveLength(44);
  });

  test('does not keep the message that it was cut out of in memory', () => {
    const chars = 100_000;
    collectGarbage();
    const { heapUsed: before } = process.memoryUsage();
    const names = Array.from({ length: 100 }, (_, at) => {
      const message = Buffer.alloc(chars, `${at} of a message, `).toString('latin1');
      return shortName([message.slice(20, 60)]);
    });
    collectGarbage();
    const { heapUsed: after } = process.memoryUsage();
    expect(names).toHaveLength(100);
    expect(after - before).toBeLessThan((100 * chars) / 10);
  });
});
