import { BoundedMap } from '../base/bounded-map.ts';
import type { Brand } from '../base/brands.ts';
import { type LineWorld, WaitingLine } from '../base/waiting-line.ts';
import { attemptOf } from '../sip/claim-key.ts';
import { shortName } from '../sip/digest.ts';
import type { LegId } from '../sip/ids.ts';
import type { SipRequest } from '../sip/message.ts';
import type { Trunk } from './trunks.ts';

/** What the INVITEs of one call have in common that came from one trunk or address. */
export type Claim = Brand<string, 'Claim'>;

/**
 * Never long, whatever a stranger writes. A stranger who has seen a call has another source: it
 * neither joins that call nor hides it.
 */
export function claimOf(invite: SipRequest, trunk: Trunk | undefined, address: string): Claim {
  const source = trunk === undefined ? `from ${address}` : `of ${trunk.name}`;
  return shortName([...attemptOf(invite), source]) as Claim;
}

/** A call as its further INVITEs find it. */
type Claimed = {
  readonly leg: LegId;
  readonly claim: Claim;
  joined: number;
};

/** Calls that a further INVITE of the same caller joins. */
export type MergedInvites = {
  claim(claim: Claim, leg: LegId): void;
  /** The leg that this INVITE belongs to; undefined: it is a new call. */
  join(claim: Claim): LegId | undefined;
  answered(claim: Claim, leg: LegId): void;
  /** The call is over. If it was answered, INVITEs that are late still belong to it. */
  ended(claim: Claim, leg: LegId): void;
  readonly size: () => number;
  close(): void;
};

/** As long as its server transaction lives: Timer L. */
const ANSWERED_MS = 32_000;
const CLAIMS_MAX = 200_000;
/** INVITEs that join one call. */
const JOINED_MAX = 8;

/**
 * Finds the call that an INVITE with another branch belongs to: a caller's proxy forked, or another
 * one took over.
 */
export function mergedInvites(world: LineWorld, claimsMax = CLAIMS_MAX): MergedInvites {
  const pending = new BoundedMap<Claim, Claimed>(claimsMax);
  const answered = new BoundedMap<Claim, Claimed>(claimsMax);
  const late = new WaitingLine<Claimed>(world, ANSWERED_MS, (found) => {
    if (answered.get(found.claim) === found) answered.delete(found.claim);
  });
  const takeOut = (claim: Claim, leg: LegId): Claimed | undefined => {
    const found = pending.get(claim);
    if (found?.leg !== leg) return undefined;
    pending.delete(claim);
    return found;
  };
  return {
    claim(claim, leg) {
      answered.delete(claim);
      pending.delete(claim);
      pending.set(claim, { leg, claim, joined: 0 });
    },
    join(claim) {
      const found = pending.get(claim) ?? answered.get(claim);
      if (found === undefined || found.joined >= JOINED_MAX) return undefined;
      found.joined += 1;
      return found.leg;
    },
    answered(claim, leg) {
      const found = takeOut(claim, leg);
      if (found === undefined) return;
      answered.set(claim, found);
      late.add(found);
    },
    ended: (claim, leg) => void takeOut(claim, leg),
    size: () => pending.size + answered.size,
    close: () => late.clear(),
  };
}
