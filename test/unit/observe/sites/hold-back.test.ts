import { describe, expect, test } from '@jest/globals';
import { monoMs, unixMs } from '../../../../lib/base/brands.ts';
import { callIdOf } from '../../../../lib/call/ids.ts';
import { type Held, HOLD_MS, release } from '../../../../lib/observe/sites/hold-back.ts';
import { someRecord } from '../some-call.ts';

const { times } = someRecord();
const held = (callId: string, endedAt: number, since: number): Held => ({
  record: someRecord({ callId: callIdOf(callId), times: { ...times, ended: unixMs(endedAt) } }),
  since: monoMs(since),
});

function at(now: number, ...all: Held[]) {
  const { due, held: rest } = release(all, monoMs(now));
  return {
    due: due.map(({ callId }) => callId),
    held: rest.map(({ record }) => record.callId),
  };
}

describe('what is held back', () => {
  test('is due when it was held long enough, and not before', () => {
    expect(at(HOLD_MS - 1, held('a', 5, 0))).toEqual({ due: [], held: ['a'] });
    expect(at(HOLD_MS, held('a', 5, 0))).toEqual({ due: ['a'], held: [] });
  });

  test('goes with all that ended before it, however late that came', () => {
    const all = [held('late', 7, 1000), held('due', 8, 0), held('after', 9, 0.5)];

    expect(at(HOLD_MS, ...all)).toEqual({ due: ['late', 'due'], held: ['after'] });
  });

  test('is in the order of its names where it ended at one moment', () => {
    expect(at(HOLD_MS, held('b', 5, 0), held('c', 5, 0), held('a', 5, 0)).due).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('is bounded: of too much the earliest goes at once', () => {
    const all = Array.from({ length: 2003 }, (_, index) => held(`c${index}`, 5000 - index, 0));

    expect(at(0, ...all)).toMatchObject({ due: ['c2002', 'c2001', 'c2000'] });
    expect(at(0, ...all).held).toHaveLength(2000);
  });
});
