import { describe, expect, test } from '@jest/globals';
import { SCENARIOS, shuffledDeck } from '../../bench/soak/mix.ts';
import { conditionsOf, type Soaked } from '../../bench/soak/verdict.ts';
import { drawFrom } from '../../sim/draw.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const READING = { heap: 40e6, rss: 160e6, handles: 10 };
const TALLY = { played: 9, failed: 0, invites: 9, messages: 2 };
const WRITTEN = { records: 8, messages: 2, byScenario: new Map(), notices: new Map(), bugs: [] };
const SCENARIO = { 'caller-hangs-up': TALLY };

const GOOD: Soaked = {
  drained: [READING, READING],
  minutes: [READING, READING, { ...READING, heap: 41.9e6 }],
  reports: [{ scenarios: SCENARIO, faults: [], strangers: 0 }],
  written: WRITTEN,
  joined: 1,
  left: 0,
};

const failuresOf = (soaked: Soaked) =>
  conditionsOf(soaked).flatMap(({ holds, says }) => (holds ? [] : [says]));

const reporting = (tally: Partial<typeof TALLY>, strangers = 0) => ({
  reports: [{ scenarios: { busy: { ...TALLY, ...tally } }, faults: [], strangers }],
});

describe('the verdict on a soak', () => {
  test('is good where heap has grown by less than 5 % and everything else is right', () => {
    expect(failuresOf(GOOD)).toEqual([]);
  });

  test.each<[string, Partial<Soaked>, string]>([
    ['heap under load', { minutes: [READING, READING, { ...READING, heap: 42.2e6 }] }, '+5.5 %'],
    ['heap afterwards', { drained: [READING, { ...READING, heap: 42.2e6 }] }, '+5.5 %'],
    ['a handle left', { drained: [READING, { ...READING, handles: 11 }] }, '10 before, 11 after'],
    ['a record missing', reporting({ invites: 10 }), '10 sent, 8 records and 1 joined'],
    ['a record too many', reporting({ invites: 8 }), '8 sent, 8 records and 1 joined'],
    ['a MESSAGE without a record', reporting({ messages: 3 }), '3 sent, 2 records'],
    ['a scenario that failed', reporting({ failed: 1 }), 'failed: 1'],
    ['a request for nobody', reporting({}, 1), 'no call was for: 1'],
    ['a call left', { left: 1 }, 'still up: 1'],
    ['a bug', { written: { ...WRITTEN, bugs: ['{}'] } }, 'bugs in its log: 1'],
  ])('names %s', (_, change, says) => {
    expect(failuresOf({ ...GOOD, ...change })).toEqual([expect.stringContaining(says)]);
  });
});

describe('the mix of a soak', () => {
  const deckOf = (seed: number) =>
    shuffledDeck(drawFrom(new VirtualWorld(seed).random)).map(({ name }) => name);

  test('has every scenario as often as it is to be, in the order of the seed', () => {
    const deck = deckOf(1);
    for (const { name, times } of SCENARIOS) {
      expect([name, deck.filter((one) => one === name).length]).toEqual([name, times]);
    }
    expect(deckOf(1)).toEqual(deck);
    expect(deckOf(2)).not.toEqual(deck);
  });

  test('names scenarios so that their records are found by the Call-ID', () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
  });
});
