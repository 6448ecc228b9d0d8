import { describe, expect, test } from '@jest/globals';
import { claimOf, mergedInvites } from '../../../lib/guard/merged-invites.ts';
import type { Trunk } from '../../../lib/guard/trunks.ts';
import { legId } from '../../../lib/sip/ids.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { someInvite } from './some-invite.ts';

const trunk: Trunk = { name: 'carrier', source: [], offAnycast: 'always' };
const leg = legId('a1');
const claim = claimOf(someInvite(), undefined, '203.0.113.7');

function open(claimsMax?: number) {
  const time = new VirtualWorld(1);
  return { time, merges: mergedInvites(time.world, claimsMax) };
}

describe('merged INVITEs', () => {
  test('From tag, Call-ID, and CSeq exactly match those associated with an ongoing transaction, but the request does not match that transaction: it is the same call [3261-8.2.2.2]', () => {
    const { merges } = open();
    merges.claim(claim, leg);
    expect(merges.join(claimOf(someInvite(), undefined, '203.0.113.7'))).toBe(leg);
    const others = [
      someInvite({ callId: 'two' }),
      someInvite({ from: '<sip:a@b>;tag=2' }),
      someInvite({ cseq: 2 }),
    ];
    for (const other of others) {
      expect(merges.join(claimOf(other, undefined, '203.0.113.7'))).toBeUndefined();
    }
  });

  test('a claim is short, whatever a stranger writes', () => {
    const long = claimOf(someInvite({ callId: 'x'.repeat(5000) }), undefined, '203.0.113.7');
    expect(long.length).toBeLessThan(128);
    expect(long).not.toBe(
      claimOf(someInvite({ callId: 'x'.repeat(5001) }), undefined, '203.0.113.7'),
    );
  });

  test('from elsewhere it is a new call, and the first one is found as before', () => {
    const { merges } = open();
    merges.claim(claim, leg);
    const elsewhere = claimOf(someInvite(), undefined, '198.51.100.66');
    expect(merges.join(elsewhere)).toBeUndefined();
    merges.claim(elsewhere, legId('a2'));
    merges.ended(elsewhere, legId('a2'));
    expect(merges.join(claim)).toBe(leg);
  });

  test('all addresses of a trunk are one source', () => {
    const of = (address: string) => claimOf(someInvite(), trunk, address);
    expect(of('203.0.113.8')).toBe(of('203.0.113.7'));
    expect(of('203.0.113.7')).not.toBe(claim);
  });

  test('a call that was answered is joined for 32 seconds, over or not', () => {
    const { time, merges } = open();
    merges.claim(claim, leg);
    time.runUntil(60_000);
    merges.answered(claim, leg);
    merges.ended(claim, leg);
    time.runUntil(91_999);
    expect(merges.join(claim)).toBe(leg);
    time.runUntil(92_000);
    expect(merges.join(claim)).toBeUndefined();
  });

  test('nothing is left of the last calls when no further one comes', () => {
    const { time, merges } = open();
    merges.claim(claim, leg);
    merges.answered(claim, leg);
    time.runUntil(33_000);
    expect(merges.size()).toBe(0);
  });

  test('a call that has failed is joined no more', () => {
    const { merges } = open();
    merges.claim(claim, leg);
    merges.ended(claim, leg);
    expect(merges.join(claim)).toBeUndefined();
    expect(merges.size()).toBe(0);
  });

  test('the end of an older call does not hide a newer one of the same names', () => {
    const { merges } = open();
    merges.claim(claim, leg);
    merges.claim(claim, legId('a2'));
    merges.ended(claim, leg);
    expect(merges.join(claim)).toBe('a2');
  });

  test('eight INVITEs join one call, a ninth does not', () => {
    const { merges } = open();
    merges.claim(claim, leg);
    const joined = Array.from({ length: 9 }, () => merges.join(claim));
    expect(joined.filter((one) => one === leg)).toHaveLength(8);
    expect(joined[8]).toBeUndefined();
  });

  test('remembers no more calls than it may', () => {
    const { merges } = open(10);
    for (let call = 0; call < 50; call += 1) {
      const one = claimOf(someInvite({ callId: `c${call}` }), undefined, 'x');
      merges.claim(one, legId(`a${call}`));
      if (call % 2 === 0) merges.answered(one, legId(`a${call}`));
    }
    expect(merges.size()).toBe(20);
  });
});
