import { describe, expect, test } from '@jest/globals';
import type { CallTrace, LegB } from '../../../../apps/lab/call-trace.ts';
import { isNearCut, reportOf } from '../../../../apps/lab/cut-load.ts';
import { type Cut, doubledMs, pairsOf } from '../../../../apps/lab/link-cuts.ts';
import type { LoadCall } from '../../../../apps/lab/load-calls.ts';

const END = 60_000;
const WATCH = { endAt: END, togetherMs: 3000 };
const cut: Cut = { between: 'site1,site2', cutAt: 10_000, healedAt: 13_000 };

const leg = (callId: string, invitedAt: number, more: Partial<LegB> = {}): LegB => ({
  callId,
  site: 'site1',
  invitedAt,
  asked: [],
  ...more,
});

function callOf(legs: readonly LegB[], at: number, faults: readonly string[] = []): LoadCall {
  const trace: CallTrace = {
    name: 'one',
    address: '198.18.0.2',
    packets: [
      {
        at,
        source: 'callers',
        target: 'site1',
        fate: 'arrived',
        from: '',
        to: '',
        transport: 'udp',
        bytes: 100,
      },
    ],
    legs,
  };
  const route = { to: 1 } as const;
  const take = { name: 'talk', dialled: 'ring', route, play: () => Promise.resolve(), must: [] };
  return { index: 0, type: 'H', take, trace, faults };
}

describe('two legs b of one call', () => {
  test('count from the healing on, not while the link was cut', () => {
    const legs = [leg('b1', 10_500), leg('b2', 10_600, { endedAt: 14_000 })];
    expect(doubledMs(legs, [cut], END)).toBe(1000);
  });

  test('count until the next cut, and to the end where nobody ends them', () => {
    const next = { ...cut, cutAt: 20_000, healedAt: 23_000 };
    const legs = [leg('b1', 10_500), leg('b2', 10_600)];
    expect(doubledMs(legs, [cut, next], 24_000)).toBe(7000);
    expect(doubledMs(legs, [cut], END)).toBe(END - 13_000);
  });

  test('one after the other are no two', () => {
    const legs = [leg('b1', 1000, { endedAt: 2000 }), leg('b2', 2000, { endedAt: 9000 })];
    expect(doubledMs(legs, [], END)).toBe(0);
  });

  test('that were both answered are the choice of the caller', () => {
    const legs = ['b1', 'b2'].map((id) => leg(id, 10_500, { answeredAt: 11_000 }));
    expect(doubledMs(legs, [cut], END)).toBe(0);
  });
});

describe('the report of a load with cuts', () => {
  const well = callOf([leg('b1', 1000, { endedAt: 2000 })], 1000);

  test('is fine though a call near a cut has failed', () => {
    const failed = callOf([leg('b1', 11_000, { endedAt: 12_000 })], 11_000, ['2 BYE: 481']);
    const { lines, isFine } = reportOf([well, failed], [cut], WATCH);
    expect(lines).toContain(
      '1 times a link was cut; 2 calls: 1 failed, 0 of them without a cut near',
    );
    expect(isFine).toBe(true);
  });

  test.each<readonly [string, LoadCall]>([
    ['that failed without a cut near', callOf([], 40_000, ['no leg b'])],
    ['with a leg that is left', callOf([leg('b1', 11_000)], 11_000)],
    [
      'with two legs long after healing',
      callOf(
        [leg('b1', 12_000, { endedAt: 20_000 }), leg('b2', 12_000, { endedAt: 20_000 })],
        11_000,
      ),
    ],
  ])('is not fine for a call %s', (_, wrong) => {
    expect(reportOf([well, wrong], [cut], WATCH).isFine).toBe(false);
  });

  test('calls a cut near until its link has had time to come back', () => {
    const near = (at: number) => isNearCut(callOf([], at).trace, [cut]);
    expect([9999, 10_000, 19_000, 19_001].map(near)).toEqual([false, true, true, false]);
  });
});

test('every pair of sites is cut in turn', () => {
  expect(pairsOf(3)).toEqual([
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
});
