import type { MonoMs } from '../../base/brands.ts';
import type { ClaimId } from '../../ports/ownership.ts';
import type { ClaimKey } from '../../sip/claim-key.ts';
import { type Claim, hasYielded, isSameCall, type Mark, merge } from './claim.ts';
import { isAhead } from './contest.ts';
import { openGraves } from './graves.ts';
import { openShelves } from './shelves.ts';

/** What an INVITE turns out to be. */
export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'retransmission' | 'joined'; readonly claim: Claim }
  | { readonly kind: 'tombstone' };

/** Claims that a site knows of: its own, or those that it holds for others. */
export type ClaimBook = {
  /** What an INVITE is, by all that is known but one claim. It changes nothing. */
  judge(mark: Mark, now: MonoMs, except?: ClaimId): Verdict;
  /**
   * The claim of the transaction that a CANCEL is for; one that was given up for another is not it,
   * even where the other's owner is out of reach. [3261-9.1]
   */
  find(mark: Mark, now: MonoMs): Claim | undefined;
  get(id: ClaimId, now: MonoMs): Claim | undefined;
  /** What is known of it now; undefined: there are too many of this key, and it is not kept. */
  put(claim: Claim, now: MonoMs): Claim | undefined;
  /** Other claims of the same call that have not failed, the one that is ahead first. */
  rivals(claim: Claim, now: MonoMs): readonly Claim[];
  drop(id: ClaimId): void;
  bury(mark: Mark, now: MonoMs): void;
  readonly sizes: () => { readonly claims: number; readonly buried: number };
};

const CLAIMS_MAX = 200_000;
/** One call, its rival, and strangers who have seen it; of more the first ones stay. */
const OF_KEY_MAX = 4;

const NONE: readonly Claim[] = [];

/** Of several claims of one call the first is that of an owner who is there to go on with it. */
export function openClaimBook(
  isThere: (claim: Claim) => boolean,
  claimsMax = CLAIMS_MAX,
): ClaimBook {
  const goesOn = (claim: Claim) => isThere(claim) && !hasYielded(claim);
  const byKey = new Map<ClaimKey, readonly ClaimId[]>();
  const forget = (claim: Claim) => {
    const left = (byKey.get(claim.key) ?? []).filter((id) => id !== claim.id);
    if (left.length === 0) byKey.delete(claim.key);
    else byKey.set(claim.key, left);
  };
  const shelves = openShelves(claimsMax, forget);
  const graves = openGraves();
  /** All but one, which is as a rule the only one. */
  const claimsOf = (key: ClaimKey, now: MonoMs, except?: ClaimId): readonly Claim[] => {
    const ids = byKey.get(key);
    if (ids === undefined || (ids.length === 1 && ids[0] === except)) return NONE;
    const claims = ids.flatMap((id) => (id === except ? [] : (shelves.get(id, now) ?? [])));
    return claims.length < 2 ? claims : claims.sort(aheadFirst(goesOn));
  };
  /** A claim whose time is over makes room. */
  const hasRoom = (key: ClaimKey, now: MonoMs) => {
    const ids = byKey.get(key);
    if (ids === undefined) return true;
    const live = ids.filter((id) => shelves.get(id, now) !== undefined);
    for (const id of ids) if (!live.includes(id)) shelves.delete(id);
    return live.length < OF_KEY_MAX;
  };

  return {
    judge(mark, now, except) {
      const claims = claimsOf(mark.key, now, except);
      const same = claims.find(({ branches }) => branches.includes(mark.branch));
      const isBuried = graves.isBuried(mark, now);
      // Whoever has it knows best; where that one is gone the CANCEL still counts.
      if (same !== undefined && (isThere(same) || !isBuried))
        return { kind: 'retransmission', claim: same };
      if (isBuried) return { kind: 'tombstone' };
      const joined = claims.find(
        ({ origin, phase }) => origin === mark.origin && phase !== 'failed',
      );
      return joined === undefined ? { kind: 'new' } : { kind: 'joined', claim: joined };
    },
    find({ key, branch }, now) {
      const claims = claimsOf(key, now).filter(({ branches }) => branches.includes(branch));
      return claims.find(({ phase }) => phase !== 'failed') ?? claims[0];
    },
    get: (id, now) => shelves.get(id, now),
    put(claim, now) {
      const { id } = claim;
      const known = shelves.get(id, now);
      if (known === undefined) {
        if (!hasRoom(claim.key, now)) return undefined;
        byKey.set(claim.key, [...(byKey.get(claim.key) ?? []).filter((one) => one !== id), id]);
      }
      const merged = known === undefined ? claim : merge(known, claim);
      shelves.put(merged, now);
      return merged;
    },
    rivals: (claim, now) =>
      claimsOf(claim.key, now, claim.id).filter(
        (other) => other.phase !== 'failed' && isSameCall(claim, other),
      ),
    drop: (id) => shelves.delete(id),
    bury: (mark, now) => graves.bury(mark, now),
    sizes: () => ({ claims: shelves.size(), buried: graves.size() }),
  };
}

function aheadFirst(goesOn: (claim: Claim) => boolean) {
  return (one: Claim, other: Claim): number => {
    const there = Number(goesOn(other)) - Number(goesOn(one));
    return there === 0 ? (isAhead(one, other) ? -1 : 1) : there;
  };
}
