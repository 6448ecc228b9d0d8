import type { Claim } from './claim.ts';
import type { Verdict } from './claim-book.ts';
import { readClaim, writeClaim } from './claim-text.ts';

/** A word, and behind it the claim that it is about. */
export function writeVerdict(verdict: Verdict): string {
  return 'claim' in verdict ? `${verdict.kind} ${writeClaim(verdict.claim)}` : verdict.kind;
}

/** What cannot be read is as good as no word: nobody is known to have the call. */
export function readVerdict(text: string): Verdict {
  const [word, claim] = wordAndClaim(text);
  if (word === 'tombstone') return { kind: 'tombstone' };
  const isHeld = word === 'retransmission' || word === 'joined';
  return isHeld && claim !== undefined ? { kind: word, claim } : { kind: 'new' };
}

export function writeFound(claim: Claim | undefined): string {
  return claim === undefined ? 'nobody' : `found ${writeClaim(claim)}`;
}

export function readFound(text: string): Claim | undefined {
  const [word, claim] = wordAndClaim(text);
  return word === 'found' ? claim : undefined;
}

function wordAndClaim(text: string): readonly [word: string, claim: Claim | undefined] {
  const space = text.indexOf(' ');
  if (space < 0) return [text, undefined];
  return [text.slice(0, space), readClaim(text.slice(space + 1))];
}
