import { BoundedMap } from '../base/bounded-map.ts';
import type { MonoMs } from '../base/brands.ts';
import type { Clock } from '../base/time.ts';
import { familyOf } from '../sip/address.ts';
import { firstV6 } from '../sip/host-address.ts';
import type { ShareLimits } from './share-limits.ts';
import type { Trunk } from './trunks.ts';

/** What one source has taken. */
export type Share = {
  /** Those of now: a reload may change them. */
  limits: ShareLimits;
  /** Calls that may still come at once; a second fills it up. */
  callsLeft: number;
  filledAt: MonoMs;
  /** Its calls that have not been forgotten. */
  callsNow: number;
};

export type Standing = { readonly isOverRate: boolean; readonly isOverShare: boolean };

export type ShareBook = {
  /** The share of a trunk, or of an address that no trunk names: that one by these limits. */
  of(trunk: Trunk | undefined, address: string, unknown: ShareLimits): Share;
  /** One more call of that source has come. */
  arrive(share: Share): Standing;
  /** Addresses without a trunk that are remembered. */
  readonly sourcesNow: () => number;
};

const TRUNKS_MAX = 10_000;
const SOURCES_MAX = 10_000;

/**
 * Keeps what each source takes. Trunks have a room of their own, so that no flood pushes one out;
 * addresses without a trunk have room for `sourcesMax`, and the one unheard for longest goes.
 */
export function shareBook(clock: Clock, sourcesMax = SOURCES_MAX): ShareBook {
  const ofTrunks = new BoundedMap<string, Share>(TRUNKS_MAX);
  const ofSources = new BoundedMap<string, Share>(sourcesMax);
  return {
    of(trunk, address, unknown) {
      const limits = trunk ?? unknown;
      const book = trunk === undefined ? ofSources : ofTrunks;
      const name = trunk?.name ?? sourceOf(address);
      const share = book.get(name) ?? openShare(limits, clock.mono());
      share.limits = limits;
      // The one unheard for longest is the first to go.
      if (trunk === undefined) book.delete(name);
      book.set(name, share);
      return share;
    },
    arrive: (share) => ({
      isOverRate: !mayComeNow(share, clock.mono()),
      isOverShare: share.callsNow >= (share.limits.callsMax ?? Infinity),
    }),
    sourcesNow: () => ofSources.size,
  };
}

/** One host has a whole /64 of IPv6, so all of that is one source. */
function sourceOf(address: string): string {
  return familyOf(address) === 4 ? address : (firstV6(address, 64) ?? address);
}

function openShare(limits: ShareLimits, now: MonoMs): Share {
  return { limits, callsLeft: limits.callsPerSecMax ?? 0, filledAt: now, callsNow: 0 };
}

/** A call beyond the rate takes nothing, so that a flood does not shut out what follows it. */
function mayComeNow(share: Share, now: MonoMs): boolean {
  const { callsPerSecMax } = share.limits;
  if (callsPerSecMax === undefined) return true;
  const gained = ((now - share.filledAt) / 1000) * callsPerSecMax;
  share.callsLeft = Math.min(callsPerSecMax, share.callsLeft + gained);
  share.filledAt = now;
  if (share.callsLeft < 1) return false;
  share.callsLeft -= 1;
  return true;
}
