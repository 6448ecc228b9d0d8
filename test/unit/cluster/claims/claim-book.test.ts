import { beforeEach, describe, expect, test } from '@jest/globals';
import { type MonoMs, monoMs } from '../../../../lib/base/brands.ts';
import { type ClaimBook, openClaimBook } from '../../../../lib/cluster/claims/claim-book.ts';
import { type ClaimWish, type MarkWish, sitesByHash, someClaim, someMark } from './some-claim.ts';

const OTHER_BRANCH = { via: 'SIP/2.0/UDP 203.0.113.7;branch=z9hG4bKother' };
const ELSEWHERE = { source: '198.51.100.66' };

let book: ClaimBook;
let now: MonoMs;
beforeEach(() => {
  book = openClaimBook(() => true);
  now = monoMs(1000);
});

const put = (wish: ClaimWish = {}) => book.put(someClaim(wish), now);
const judged = (wish: MarkWish = {}) => {
  const verdict = book.judge(someMark(wish), now);
  return 'claim' in verdict ? `${verdict.kind} ${verdict.claim.id}` : verdict.kind;
};
const passSec = (sec: number) => {
  now = monoMs(now + sec * 1000);
};

describe('an INVITE', () => {
  test('that nobody has claimed is new', () => {
    put({ callId: 'another' });
    expect(judged()).toBe('new');
  });

  test('with the same key and branch is a retransmission, wherever it comes from [3261-17.2.3]', () => {
    put();
    expect([judged(), judged(ELSEWHERE)]).toEqual(['retransmission 1.1.1', 'retransmission 1.1.1']);
  });

  test('with another branch from the same source is joined while the call is pending [3261-8.2.2.2]', () => {
    for (const phase of ['claiming', 'dialing', 'ringing'] as const) {
      put({ phase });
      expect(judged(OTHER_BRANCH)).toBe('joined 1.1.1');
    }
  });

  test('with another branch is joined until 32 seconds after the answer', () => {
    put({ phase: 'ringing' });
    put({ phase: 'answered' });
    passSec(31);
    // Said again, it does not begin anew.
    put({ phase: 'answered' });
    expect(judged(OTHER_BRANCH)).toBe('joined 1.1.1');
    passSec(1);
    expect([judged(OTHER_BRANCH), judged()]).toEqual(['new', 'new']);
  });

  test('with another branch after a failure is a new call; the same one gets its response again', () => {
    put({ phase: 'failed' });
    expect([judged(OTHER_BRANCH), judged()]).toEqual(['new', 'retransmission 1.1.1']);
  });

  test('with another branch from elsewhere is a new call: a stranger who saw it joins nothing', () => {
    put();
    expect(judged({ ...OTHER_BRANCH, ...ELSEWHERE })).toBe('new');
    expect(judged({ ...OTHER_BRANCH, isVerified: true })).toBe('new');
  });

  test('whose CANCEL came first finds a tombstone for 32 seconds, as often as it comes [3261-9.1]', () => {
    book.bury(someMark(), now);
    passSec(31);
    expect([judged(), judged()]).toEqual(['tombstone', 'tombstone']);
    expect([judged(OTHER_BRANCH), judged(ELSEWHERE)]).toEqual(['new', 'new']);
    passSec(1);
    expect(judged()).toBe('new');
  });

  test('whose call is known belongs there, its CANCEL too, unless its owner is gone', () => {
    book = openClaimBook(({ owner }) => owner.site === 1);
    book.bury(someMark(), now);
    put({ site: 2, phase: 'ringing' });
    expect(judged()).toBe('tombstone');
    put({ site: 1, phase: 'ringing' });
    expect(judged()).toBe('retransmission 1.1.1');
  });

  test('belongs to whoever was left the call, out of reach or not', () => {
    book = openClaimBook(({ owner }) => owner.site === 1);
    put({ site: 1, phase: 'failed' });
    put({ site: 2, phase: 'ringing' });
    expect(judged()).toBe('retransmission 2.1.1');
    expect(book.find(someMark(), now)?.owner.site).toBe(2);
  });

  test('of a call that two sites have belongs to the one that is ahead', () => {
    const [lower, higher] = sitesByHash();
    put({ site: higher, phase: 'dialing' });
    put({ site: lower, phase: 'dialing' });
    expect(judged()).toBe(`retransmission ${lower}.1.1`);
    put({ site: higher, phase: 'ringing' });
    expect(judged()).toBe(`retransmission ${higher}.1.1`);
    expect(book.rivals(someClaim({ site: lower }), now).map(({ id }) => id)).toEqual([
      `${higher}.1.1`,
    ]);
  });
});

describe('a claim', () => {
  test('is found by the CANCEL of its INVITE, and of one that joined it', () => {
    put();
    book.put({ ...someClaim(), branches: [someMark(OTHER_BRANCH).branch] }, now);
    const found = [{}, OTHER_BRANCH, { via: 'SIP/2.0/UDP h;branch=z9hG4bK3' }].map((wish) =>
      book.find(someMark(wish), now),
    );
    expect(found.map((claim) => claim?.id)).toEqual(['1.1.1', '1.1.1', undefined]);
  });

  test('that was given up is not what a CANCEL finds, though only its owner is in reach', () => {
    book = openClaimBook(({ owner }) => owner.site === 2);
    put({ site: 1, phase: 'ringing' });
    put({ site: 2, phase: 'failed' });
    expect(book.find(someMark(), now)?.owner.site).toBe(1);
    put({ site: 1, phase: 'failed' });
    expect(book.find(someMark(), now)?.owner.site).toBe(2);
  });

  test('that nobody says again is let go after 180 seconds', () => {
    put({ phase: 'ringing' });
    passSec(100);
    put({ phase: 'ringing' });
    passSec(179);
    expect(judged()).toBe('retransmission 1.1.1');
    passSec(1);
    expect(judged()).toBe('new');
  });

  test('is dialing after 30 ms, since its owner waits no longer', () => {
    put();
    expect(book.get(someClaim().id, now)?.phase).toBe('claiming');
    now = monoMs(now + 30);
    expect(book.get(someClaim().id, now)?.phase).toBe('dialing');
  });

  test('of a younger start of the same site is ahead of an older one', () => {
    put({ epoch: 1 });
    put({ epoch: 2 });
    expect(judged()).toBe('retransmission 1.2.1');
  });

  test('never goes back, whatever comes late', () => {
    put({ phase: 'answered' });
    expect(put({ phase: 'ringing' })?.phase).toBe('answered');
  });

  test('that was dropped is known no more', () => {
    put();
    book.drop(someClaim().id);
    expect([judged(), book.sizes().claims]).toEqual(['new', 0]);
  });
});

describe('a full book', () => {
  const callers = (from: number, count: number, wish: ClaimWish = {}) => {
    for (let call = from; call < from + count; call += 1) {
      book.put(someClaim({ ...wish, callId: `c${call}`, serial: call }), now);
    }
  };
  const known = (from: number, count: number, wish: MarkWish = {}) =>
    Array.from({ length: count }, (_, at) => judged({ ...wish, callId: `c${from + at}` })).filter(
      (verdict) => verdict !== 'new',
    ).length;

  test('lets go of claims of unverified sources first, and of calls that are over before others', () => {
    book = openClaimBook(() => true, 40);
    callers(0, 10, { isVerified: true });
    callers(10, 10);
    callers(20, 10, { isVerified: true, phase: 'answered' });
    callers(30, 10, { phase: 'answered' });
    callers(100, 10, { isVerified: true });
    expect([known(30, 10), known(10, 10)]).toEqual([0, 10]);
    callers(110, 10, { isVerified: true });
    expect([known(10, 10), known(20, 10, { isVerified: true })]).toEqual([0, 10]);
    callers(120, 10, { isVerified: true });
    expect([known(20, 10, { isVerified: true }), known(0, 10, { isVerified: true })]).toEqual([
      0, 10,
    ]);
    expect(book.sizes().claims).toBe(40);
  });

  test('is not made larger by calls that are over long ago', () => {
    for (let second = 0; second < 200; second += 1) {
      callers(second * 10, 10, { phase: 'failed' });
      passSec(1);
    }
    expect(book.sizes().claims).toBeLessThan(10 * 34);
  });

  test('keeps four claims of one key, the first ones, and takes more when those are out of date', () => {
    const strangers = Array.from({ length: 9 }, (_, site) => put({ site, source: `${site}` }));
    expect(strangers.filter((claim) => claim !== undefined)).toHaveLength(4);
    expect(strangers[0]).toBeDefined();
    passSec(180);
    expect(put({ site: 20 })).toBeDefined();
    expect(book.sizes().claims).toBe(1);
  });

  test('of tombstones is filled by a storm of one source with its own alone', () => {
    book.bury(someMark(), now);
    book.bury(someMark({ isVerified: true }), now);
    for (let call = 0; call < 5000; call += 1) {
      book.bury(someMark({ callId: `c${call}`, ...ELSEWHERE }), now);
    }
    expect([judged(), judged({ isVerified: true })]).toEqual(['tombstone', 'tombstone']);
    expect(book.sizes().buried).toBe(66);
  });

  test('of tombstones lets go of the source that has been quiet for longest', () => {
    for (let source = 0; source < 2500; source += 1) {
      book.bury(someMark({ source: `${source}` }), now);
    }
    expect(book.sizes().buried).toBe(2000);
    expect([judged({ source: '499' }), judged({ source: '500' })]).toEqual(['new', 'tombstone']);
  });
});
