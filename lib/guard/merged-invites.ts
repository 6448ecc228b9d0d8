import { BoundedMap } from '../base/bounded-map.ts';
import type { Brand, MonoMs } from '../base/brands.ts';
import type { Clock } from '../base/time.ts';
import { type ClaimKey, claimKey } from '../sip/claim-key.ts';
import type { LegId } from '../sip/ids.ts';
import type { SipRequest } from '../sip/message.ts';
import type { Trunk } from './trunks.ts';

/** What the INVITEs of one call have in common that came from one trunk or address. */
export type Claim = Brand<string, 'Claim'>;

/** A stranger who has seen a call has another source: it neither joins that call nor hides it. */
export function claimOf(invite: SipRequest, trunk: Trunk | undefined, address: string): Claim {
  const key: ClaimKey = claimKey(invite);
  return (trunk === undefined ? `${key} from ${address}` : `${key} of ${trunk.name}`) as Claim;
}

/** A call as its further INVITEs find it. */
type Claimed = {
  readonly leg: LegId;
  answeredAt: MonoMs | undefined;
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
};

/** As long as its server transaction lives: Timer L. */
const ANSWERED_MS = 32_000;
const LOOK_MS = 1000;
const CLAIMS_MAX = 200_000;
/** INVITEs that join one call. */
const JOINED_MAX = 8;

/**
 * Finds the call that an INVITE with another branch belongs to: a caller's proxy forked, or another
 * one took over.
 */
export function mergedInvites(clock: Clock, claimsMax = CLAIMS_MAX): MergedInvites {
  const pending = new BoundedMap<Claim, Claimed>(claimsMax);
  /** In the order of their answers, so that the first ones are the oldest. */
  const answered = new BoundedMap<Claim, Claimed>(claimsMax);
  let lookedAt = clock.mono();
  const isLate = ({ answeredAt }: Claimed) =>
    answeredAt !== undefined && clock.mono() - answeredAt >= ANSWERED_MS;
  // Not at each call: a map walks over what was deleted from its beginning.
  const letGo = () => {
    if (clock.mono() - lookedAt < LOOK_MS) return;
    lookedAt = clock.mono();
    for (const [claim, found] of answered.entries()) {
      if (!isLate(found)) return;
      answered.delete(claim);
    }
  };
  const takeOut = (claim: Claim, leg: LegId): Claimed | undefined => {
    const found = pending.get(claim);
    if (found?.leg !== leg) return undefined;
    pending.delete(claim);
    return found;
  };
  return {
    claim(claim, leg) {
      letGo();
      answered.delete(claim);
      pending.delete(claim);
      pending.set(claim, { leg, answeredAt: undefined, joined: 0 });
    },
    join(claim) {
      letGo();
      const found = pending.get(claim) ?? answered.get(claim);
      if (found === undefined || found.joined >= JOINED_MAX) return undefined;
      if (isLate(found)) {
        answered.delete(claim);
        return undefined;
      }
      found.joined += 1;
      return found.leg;
    },
    answered(claim, leg) {
      const found = takeOut(claim, leg);
      if (found === undefined) return;
      found.answeredAt = clock.mono();
      answered.set(claim, found);
    },
    ended: (claim, leg) => void takeOut(claim, leg),
    size: () => pending.size + answered.size,
  };
}
