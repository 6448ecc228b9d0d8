import { describe, expect, test } from '@jest/globals';
import { contest } from '../../../../lib/cluster/claims/contest.ts';
import {
  type OwnClaim,
  type OwnEvent,
  ownClaim,
  stepOwn as stepOwnBy,
} from '../../../../lib/cluster/claims/own-claim.ts';
import { sitesByHash, someClaim } from './some-claim.ts';

const stepOwn = (own: OwnClaim, event: OwnEvent) => stepOwnBy(own, event, () => true);
const [lower, higher] = sitesByHash();
const of = (site: number) => (phase: ReturnType<typeof someClaim>['phase']) =>
  someClaim({ site, phase });
const low = of(lower);
const high = of(higher);

describe('two sites with one call', () => {
  test('ringing beats dialing, whatever the hash', () => {
    expect(contest(high('ringing'), low('dialing'))).toBe('keep');
    expect(contest(low('dialing'), high('ringing'))).toBe('yield');
  });

  test('of two that are equally far the lower hash keeps it', () => {
    for (const phase of ['claiming', 'dialing', 'ringing'] as const) {
      expect(contest(low(phase), high(phase))).toBe('keep');
    }
    expect(contest(high('ringing'), low('ringing'))).toBe('yield');
  });

  test('the loser waits until the winner has confirmed progress', () => {
    expect(contest(high('dialing'), low('dialing'))).toBe('wait');
  });

  test('who has called nobody yet gives way at once', () => {
    expect(contest(high('claiming'), low('claiming'))).toBe('yield');
    expect(contest(low('claiming'), high('dialing'))).toBe('yield');
  });

  test('once a 200 has left, it stays; of two the caller decides', () => {
    expect(contest(high('answered'), low('ringing'))).toBe('keep');
    expect(contest(low('ringing'), high('answered'))).toBe('yield');
    expect(contest(low('answered'), high('answered'))).toBe('caller-decides');
    expect(contest(high('answered'), low('answered'))).toBe('caller-decides');
  });

  test('a call that has failed beats none', () => {
    expect(contest(high('dialing'), low('failed'))).toBe('keep');
  });

  test('never give way both, nor keep it both for good, as each knows of the other', () => {
    const phases = ['claiming', 'dialing', 'ringing', 'answered'] as const;
    for (const one of phases) {
      for (const other of phases) {
        const outcomes = [contest(low(one), high(other)), contest(high(other), low(one))];
        const kept = outcomes.filter((outcome) => outcome === 'keep').length;
        const isForCaller = outcomes.every((outcome) => outcome === 'caller-decides');
        expect([one, other, isForCaller ? 1 : kept]).toEqual([one, other, 1]);
      }
    }
  });
});

describe('a claim of this site', () => {
  const mine = ownClaim(high('dialing'));

  test('tells its holders when it rings, is answered and has failed; not that it dials', () => {
    const claiming = ownClaim(high('claiming'));
    expect(stepOwn(claiming, { on: 'went-on', phase: 'dialing' }).effects).toEqual([]);
    for (const phase of ['ringing', 'answered', 'failed'] as const) {
      const { own, effects } = stepOwn(mine, { on: 'went-on', phase });
      const claim = { ...high(phase), isRefused: phase === 'failed' };
      expect(effects).toEqual([{ do: 'tell-holders', claim }]);
      expect(own?.claim.phase).toBe(phase);
    }
  });

  test('never goes back', () => {
    const { own } = stepOwn(ownClaim(high('answered')), { on: 'went-on', phase: 'ringing' });
    expect(own?.claim.phase).toBe('answered');
    const failed = stepOwn(ownClaim(high('answered')), { on: 'went-on', phase: 'failed' });
    expect(failed.own?.claim.phase).toBe('answered');
  });

  test('is said again while its call is not final, and no longer', () => {
    expect(stepOwn(mine, { on: 'grew-old' }).effects).toEqual([
      { do: 'tell-holders', claim: mine.claim },
    ]);
    for (const phase of ['answered', 'failed'] as const) {
      expect(stepOwn(ownClaim(high(phase)), { on: 'grew-old' }).effects).toEqual([]);
    }
  });

  test('waits for the rival that is meant to have it, and yields when that one rings', () => {
    const met = stepOwn(mine, { on: 'rival-told', rival: low('dialing') });
    expect(met.effects).toEqual([{ do: 'tell-rival', to: lower, claim: high('dialing') }]);
    if (met.own === undefined) throw new Error('it yielded');

    const again = stepOwn(met.own, { on: 'rival-told', rival: low('dialing') });
    expect(again.effects).toEqual([]);
    const over = stepOwn(met.own, { on: 'rival-told', rival: low('ringing') });
    expect(over.own).toBeUndefined();
    expect(over.effects).toMatchObject([
      { do: 'yield', to: { owner: { site: lower } }, claim: { phase: 'failed' } },
    ]);
  });

  test('that rings first makes the other one yield, whatever the hash', () => {
    const met = stepOwn(mine, { on: 'rival-told', rival: low('dialing') });
    if (met.own === undefined) throw new Error('it yielded');
    const rang = stepOwn(met.own, { on: 'went-on', phase: 'ringing' });

    expect(rang.effects).toEqual([
      { do: 'tell-holders', claim: high('ringing') },
      { do: 'tell-rival', to: lower, claim: high('ringing') },
    ]);
    const theirs = stepOwn(ownClaim(low('dialing')), {
      on: 'rival-told',
      rival: high('ringing'),
    });
    expect(theirs.effects).toMatchObject([{ do: 'yield', to: { owner: { site: higher } } }]);
  });

  test('whose INVITE has been refused elsewhere calls nobody any more', () => {
    const refused = { ...low('failed'), isRefused: true };
    for (const phase of ['claiming', 'dialing', 'ringing'] as const) {
      const met = stepOwn(ownClaim(high(phase)), { on: 'rival-told', rival: refused });
      expect(met).toMatchObject({ own: undefined, effects: [{ do: 'yield', to: refused }] });
    }
  });

  test.each([
    ['is answered', high('answered'), { ...low('failed'), isRefused: true }],
    ['met one that has only given way', high('dialing'), low('failed')],
    [
      'came by another branch than the one that was refused',
      someClaim({ site: higher, phase: 'dialing', via: 'SIP/2.0/UDP h;branch=z9hG4bKo' }),
      { ...low('failed'), isRefused: true },
    ],
  ])('that %s goes on', (_what, claim, rival) => {
    expect(stepOwn(ownClaim(claim), { on: 'rival-told', rival }).own?.claim).toEqual(claim);
  });

  test('hands over the branches that came to it', () => {
    const rival = someClaim({
      site: lower,
      phase: 'ringing',
      via: 'SIP/2.0/UDP h;branch=z9hG4bKo',
    });
    const { effects } = stepOwn(mine, { on: 'rival-told', rival });
    expect(effects).toMatchObject([
      { do: 'yield', to: { branches: [rival.branches[0], mine.claim.branches[0]] } },
    ]);
  });

  test('keeps the rival that is ahead of all', () => {
    const met = stepOwn(mine, { on: 'rival-told', rival: someClaim({ site: 9, phase: 'failed' }) });
    if (met.own === undefined) throw new Error('it yielded');
    const next = stepOwn(met.own, { on: 'rival-told', rival: low('dialing') });
    expect(next.own?.rival?.id).toBe(`${lower}.1.1`);
  });

  test('gives way to nobody who is not there to go on with the call', () => {
    const gone = () => false;
    const met = stepOwnBy(mine, { on: 'rival-told', rival: low('ringing') }, gone);
    expect([met.own?.claim, met.effects]).toEqual([mine.claim, []]);
    if (met.own === undefined) throw new Error('it yielded');
    const back = stepOwn(met.own, { on: 'rival-told', rival: low('ringing') });
    expect(back.own).toBeUndefined();
  });

  test('gives way to a call that was over before it began', () => {
    const { own, effects } = stepOwn(mine, { on: 'was-over', known: low('failed') });
    expect([own, effects]).toMatchObject([undefined, [{ do: 'yield', to: { phase: 'failed' } }]]);
  });
});
