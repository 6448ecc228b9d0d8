import { type Claim, firstClaim, type Mark, markOf } from '../../../../lib/cluster/claims/claim.ts';
import { isLower } from '../../../../lib/cluster/claims/holders.ts';
import { parseVia } from '../../../../lib/sip/via.ts';
import { someInvite } from '../../guard/some-invite.ts';

const SOURCE = '203.0.113.7';

export type MarkWish = {
  readonly callId?: string;
  readonly via?: string;
  readonly source?: string;
  readonly isVerified?: boolean;
};

export function someMark({ callId, via, source, isVerified = false }: MarkWish = {}): Mark {
  const message = someInvite(callId === undefined ? {} : { callId });
  const top = parseVia(via ?? '') ?? message.via;
  return markOf({ message: { ...message, via: top }, source: source ?? SOURCE, isVerified });
}

export type ClaimWish = MarkWish & {
  readonly site?: number;
  readonly epoch?: number;
  readonly serial?: number;
  readonly phase?: Claim['phase'];
};

export function someClaim({
  site = 1,
  epoch = 1,
  serial = 1,
  phase,
  ...wish
}: ClaimWish = {}): Claim {
  const claim = firstClaim(someMark(wish), { site, epoch }, serial);
  return phase === undefined ? claim : { ...claim, phase };
}

/** Two sites, the one first that a conflict of the usual call is decided for. */
export function sitesByHash(): readonly [lower: number, higher: number] {
  return isLower(someMark().key, 1, 2) ? [1, 2] : [2, 1];
}
