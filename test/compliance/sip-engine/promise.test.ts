import { describe, expect, test } from '@jest/globals';
import { type Needs, reasonAgainst, timesFor } from './promise.ts';
import type { Subject } from './subject.ts';
import { BUILTIN } from './subjects/builtin.ts';

const BY_ITS_OWN: Subject = {
  ...BUILTIN,
  timers: 'its-own',
  patienceMs: 1500,
  lacks: { 'carry-octets': 'it takes UTF-8 alone' },
};

describe('an engine is asked for a promise', () => {
  test.each<[Needs]>([[{}], [{ only: 'udp' }], [{ ability: 'tell-forks' }], [{ waitsMs: 1500 }]])(
    'of %j',
    (needs) => {
      expect(reasonAgainst(BY_ITS_OWN, needs)).toBeUndefined();
    },
  );

  test('unless it says why it cannot keep it', () => {
    const needs: Needs = { ability: 'carry-octets' };
    expect(reasonAgainst(BY_ITS_OWN, needs)).toBe('it takes UTF-8 alone');
  });

  test('unless its timers can only be waited for, and longer than is allowed', () => {
    const needs: Needs = { waitsMs: 32_000 };
    expect(reasonAgainst(BY_ITS_OWN, needs)).toMatch(/32000 ms .* 1500 are allowed/);
    expect(timesFor(BY_ITS_OWN, needs)).toBe(1);
    expect(reasonAgainst({ ...BY_ITS_OWN, timers: 'of-the-world' }, needs)).toBeUndefined();
  });

  test('by hurried timers only where it waits for them', () => {
    expect(timesFor(BUILTIN, {})).toBe(1);
    expect(timesFor(BUILTIN, { waitsMs: 32_000 })).toBeGreaterThan(1);
  });
});
