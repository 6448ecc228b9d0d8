import { describe, expect, test } from '@jest/globals';
import {
  answerFor,
  firstTry,
  stepWay,
  type WayEvent,
} from '../../../../lib/cluster/relay/stray-way.ts';

const OWN = 1;
const step = (event: WayEvent, way = firstTry(2)) => stepWay(way, event, OWN);
const unanswered = (why: 'late' | 'down' | 'shed' | 'not-understood' | 'closed') =>
  ({ kind: 'unanswered', why }) as const;

describe('a stray that is not of this site', () => {
  test('is over when its owner has it, or knows nothing of it', () => {
    expect(step({ kind: 'carried' })).toEqual({ do: 'end', outcome: 'carried' });
    expect(step({ kind: 'unknown' })).toEqual({ do: 'end', outcome: 'unknown' });
  });

  test('follows once to where the call has moved', () => {
    const moved = step({ kind: 'moved', to: 3 });
    expect(moved).toEqual({ do: 'ask', way: { to: 3, tries: 2 } });
    const again = step({ kind: 'moved', to: 4 }, { to: 3, tries: 2 });
    expect(again).toEqual({ do: 'end', outcome: 'unknown' });
  });

  test('does not follow in a circle, nor back to this site', () => {
    for (const to of [OWN, 2]) {
      expect(step({ kind: 'moved', to })).toEqual({ do: 'end', outcome: 'unknown' });
    }
  });

  test('is said again once when nothing was heard, and not to a site that is down', () => {
    expect(step(unanswered('late'))).toEqual({ do: 'ask', way: { to: 2, tries: 2 } });
    const end = { do: 'end', outcome: 'unreachable' };
    expect(step(unanswered('late'), { to: 2, tries: 2 })).toEqual(end);
    for (const why of ['down', 'shed', 'not-understood', 'closed'] as const) {
      expect(step(unanswered(why))).toEqual(end);
    }
  });

  test('is asked for twice at most, whatever is answered', () => {
    const events: WayEvent[] = [
      { kind: 'carried' },
      { kind: 'unknown' },
      { kind: 'moved', to: 3 },
      { kind: 'moved', to: 4 },
      unanswered('late'),
      unanswered('down'),
    ];
    for (const one of events) {
      const first = step(one);
      if (first.do !== 'ask') continue;
      for (const other of events) expect(step(other, first.way).do).toBe('end');
    }
  });
});

describe('a stray that came over a link', () => {
  const owner = (site: number) =>
    ({ kind: 'owner', owner: { site, epoch: 1 }, claim: undefined, emergency: true }) as const;

  test('is never sent on: the site says where it belongs, if it knows', () => {
    expect(answerFor(owner(3), OWN)).toEqual({ kind: 'moved', to: 3 });
    expect(answerFor(owner(OWN), OWN)).toEqual({ kind: 'unknown' });
    for (const kind of ['forged', 'nobody'] as const) {
      expect(answerFor({ kind }, OWN)).toEqual({ kind: 'unknown' });
    }
  });
});
