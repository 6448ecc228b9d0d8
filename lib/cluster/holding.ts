import type { PeerEars } from '../ports/peer-links.ts';
import { type Claim, hasYielded, isFinal, type Mark } from './claims/claim.ts';
import type { Verdict } from './claims/claim-book.ts';
import { readClaim, readMark } from './claims/claim-text.ts';
import { contest } from './claims/contest.ts';
import { writeFound, writeVerdict } from './claims/verdict-text.ts';
import type { Owning } from './owning.ts';
import { type ClusterParts, isReachable, tellClaim } from './parts.ts';

/** What peers ask and tell of claims. */
export type Holding = Pick<PeerEars, 'onAsked' | 'onTold'> & {
  /** What an INVITE is by all that is known here. */
  judge(mark: Mark, except?: Claim): Verdict;
  /** Whose the transaction of a CANCEL is, by all that is known here. */
  find(mark: Mark): Claim | undefined;
  /** Another site has this call: kept, and told to whoever has it too. */
  hear(claim: Claim): void;
};

export function openHolding(parts: ClusterParts, owning: Owning): Holding {
  const { world, own, books, store, sink } = parts;
  const now = () => world.clock.mono();

  const judge = (mark: Mark, except?: Claim): Verdict => {
    const mine = books.own.judge(mark, now(), except?.id);
    return mine.kind === 'new' ? books.held.judge(mark, now(), except?.id) : mine;
  };
  const find = (mark: Mark) => books.own.find(mark, now()) ?? books.held.find(mark, now());

  const hear = (told: Claim) => {
    if (told.owner.site === own.site) {
      owning.join(told);
      return;
    }
    const former = books.held.get(told.id, now())?.phase;
    const claim = books.held.put(told, now());
    if (claim === undefined) {
      sink.count('claims', 'full');
      return;
    }
    store?.keep(claim);
    if (hasYielded(claim)) return;
    owning.meet(claim);
    if (claim.phase !== former) introduce(parts, claim);
  };

  return {
    judge,
    find,
    hear,
    onTold(_from, subject, body) {
      const claim = subject === 'held' ? readClaim(body.toString()) : undefined;
      if (claim === undefined) return;
      hear(claim);
      const known = isFinal(claim) ? undefined : judge(firstMark(claim), claim);
      // Its owner has been out of reach, and calls somebody for nobody.
      if (known?.kind === 'retransmission' && known.claim.isRefused)
        tellClaim(parts, [claim.owner.site], known.claim);
      if (known?.kind === 'tombstone') {
        const over: Claim = { ...claim, phase: 'failed', isRefused: true };
        tellClaim(parts, [claim.owner.site], over);
      }
    },
    onAsked(_from, subject, body, reply) {
      const text = body.toString();
      const claim = subject === 'claim' ? readClaim(text) : undefined;
      const mark = subject === 'find' ? readMark(text) : undefined;
      if (claim !== undefined) {
        const verdict = judge(firstMark(claim), claim);
        if (!isTaken(parts, claim, verdict)) hear(claim);
        reply(Buffer.from(writeVerdict(verdict)));
      } else if (mark !== undefined) {
        const found = find(mark);
        if (found === undefined) books.held.bury(mark, now());
        reply(Buffer.from(writeFound(found)));
      }
    },
  };
}

/** Whether who asks is going to leave the call to somebody else. */
function isTaken(parts: ClusterParts, claim: Claim, verdict: Verdict): boolean {
  if (verdict.kind === 'new') return false;
  if (verdict.kind === 'tombstone') return true;
  return isReachable(parts, verdict.claim) && givesWay(claim, verdict.claim);
}

/** A failed call is only named for the very same INVITE, which gets its last response again. */
export function givesWay(claim: Claim, to: Claim): boolean {
  return to.phase === 'failed' ? to.isRefused : contest(claim, to) === 'yield';
}

function firstMark({ key, branches, origin, isVerified }: Claim): Mark {
  const [branch] = branches;
  if (branch === undefined) throw new Error('a claim without a branch');
  return { key, branch, origin, isVerified };
}

/** Two sites with one call may not hold each other: who holds both tells them. */
function introduce(parts: ClusterParts, claim: Claim): void {
  const { books, world } = parts;
  for (const rival of books.held.rivals(claim, world.clock.mono())) {
    if (rival.owner.site === claim.owner.site) continue;
    tellClaim(parts, [rival.owner.site], claim);
    tellClaim(parts, [claim.owner.site], rival);
  }
}
