import { describe, expect, test } from '@jest/globals';
import { detached } from '../../../lib/base/detached.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';

const MESSAGE_CHARS = 100_000;
const MESSAGES = 100;

/** How much memory texts of this length keep that were cut out of long ones. */
function kept(chars: number, keep: (text: string) => string): number {
  collectGarbage();
  const { heapUsed: before } = process.memoryUsage();
  const texts = Array.from({ length: MESSAGES }, (_, at) => {
    const message = Buffer.alloc(MESSAGE_CHARS, `${at} of a message, `).toString('latin1');
    return keep(message.slice(20, 20 + chars));
  });
  collectGarbage();
  const { heapUsed: after } = process.memoryUsage();
  expect(texts).toHaveLength(MESSAGES);
  return after - before;
}

describe('a text that outlives its message', () => {
  test.each([1, 12, 13, 14, 200])('of %i characters does not keep it in memory', (chars) => {
    expect(kept(chars, detached)).toBeLessThan((MESSAGES * MESSAGE_CHARS) / 10);
  });

  test('does so as it was cut out', () => {
    expect(kept(200, (text) => text)).toBeGreaterThan((MESSAGES * MESSAGE_CHARS) / 2);
  });

  test.each([
    '',
    'BYE',
    'INVITE sip:112@192.0.2.1',
    'Grüße aus \u{1f3d4} und zurück',
    '\ud800 alone it is',
  ])('reads the same: %j', (text) => expect(detached(text)).toBe(text));
});
