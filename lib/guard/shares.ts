import { BoundedMap } from '../base/bounded-map.ts';
import type { MonoMs } from '../base/brands.ts';
import type { Clock } from '../base/time.ts';
import type { ShareLimits } from './share-limits.ts';
import type { Trunk } from './trunks.ts';

/** What one source has taken. */
export type Share = {
  readonly limits: ShareLimits;
  /** Calls that may still come at once; a second fills it up. */
  callsLeft: number;
  filledAt: MonoMs;
  /** Its calls that have not been forgotten. */
  callsNow: number;
};

export type Standing = { readonly isOverRate: boolean; readonly isOverShare: boolean };

export type ShareBook = {
  /** The share of a trunk, or of an address that no trunk names. */
  of(trunk: Trunk | undefined, address: string): Share;
  /** One more call of that source has come. */
  arrive(share: Share): Standing;
  /** Addresses without a trunk that are remembered. */
  readonly sourcesNow: () => number;
};

const SOURCES_MAX = 10_000;

/**
 * Keeps what each source takes. A trunk has its own share from the start, which no flood pushes
 * out; addresses without a trunk have room for `sourcesMax`, and the one unheard for longest goes.
 */
export function shareBook(
  trunks: readonly Trunk[],
  unknown: ShareLimits,
  clock: Clock,
  sourcesMax = SOURCES_MAX,
): ShareBook {
  const ofTrunks = new Map(trunks.map((trunk) => [trunk.name, openShare(trunk, clock.mono())]));
  const ofSources = new BoundedMap<string, Share>(sourcesMax);
  return {
    of(trunk, address) {
      const known = trunk === undefined ? undefined : ofTrunks.get(trunk.name);
      if (known !== undefined) return known;
      const share = ofSources.get(address) ?? openShare(unknown, clock.mono());
      ofSources.delete(address);
      ofSources.set(address, share);
      return share;
    },
    arrive: (share) => ({
      isOverRate: !mayComeNow(share, clock.mono()),
      isOverShare: share.callsNow >= (share.limits.callsMax ?? Infinity),
    }),
    sourcesNow: () => ofSources.size,
  };
}

function openShare(limits: ShareLimits, now: MonoMs): Share {
  const { callsPerSecMax = 0, callsMax } = limits;
  const own = { callsPerSecMax: limits.callsPerSecMax, callsMax };
  return { limits: own, callsLeft: callsPerSecMax, filledAt: now, callsNow: 0 };
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
