import { type Claim, PHASES } from './claim.ts';
import { isLower } from './holders.ts';

/** What becomes of a claim of ours where another site has the same call. */
export type Outcome =
  | 'keep'
  /** The other one is meant to have it, and has not got anywhere yet. */
  | 'wait'
  /** The other one has it. */
  | 'yield'
  /** Two 200 have left: the dialog that the caller acknowledges and does not end is the call. */
  | 'caller-decides';

/**
 * Who has got further keeps the call; of two that are equally far the one of the lower hash. Leg b
 * is given up only for one that rings, so that at no time nobody is called.
 */
export function contest(mine: Claim, theirs: Claim): Outcome {
  if (theirs.phase === 'failed') return 'keep';
  if (mine.phase === 'answered') return theirs.phase === 'answered' ? 'caller-decides' : 'keep';
  const { phase } = theirs;
  if (isAhead(mine, theirs)) return 'keep';
  if (phase === 'ringing' || phase === 'answered') return 'yield';
  return mine.phase === 'claiming' ? 'yield' : 'wait';
}

/** Whether one of two claims of one call beats the other. */
export function isAhead(one: Claim, other: Claim): boolean {
  const [mine, theirs] = [one, other].map(({ phase }) => RANK[phase]);
  if (mine !== theirs) return (mine ?? 0) > (theirs ?? 0);
  if (one.owner.site === other.owner.site) return one.owner.epoch > other.owner.epoch;
  return isLower(one.key, one.owner.site, other.owner.site);
}

/** A call that has failed is beaten by any that has not. */
const RANK: Readonly<Record<Claim['phase'], number>> = {
  failed: -1,
  claiming: PHASES.indexOf('claiming'),
  dialing: PHASES.indexOf('dialing'),
  ringing: PHASES.indexOf('ringing'),
  answered: PHASES.indexOf('answered'),
};
