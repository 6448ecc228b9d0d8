import { describe, expect, test } from '@jest/globals';
import { glareMs } from '../../../lib/sip/glare.ts';

describe('glare', () => {
  test('If the UAC is the owner of the Call-ID, T has a randomly chosen value between 2.1 and 4 seconds in units of 10 ms. If not, of between 0 and 2 seconds in units of 10 ms. [3261-14.1]', () => {
    expect(glareMs(true, 0)).toBe(2100);
    expect(glareMs(true, 0.999_999)).toBe(4000);
    expect(glareMs(false, 0)).toBe(0);
    expect(glareMs(false, 0.999_999)).toBe(2000);
    expect(glareMs(false, 0.123) % 10).toBe(0);
  });
});
