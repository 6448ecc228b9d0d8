import { type MonoMs, monoMs } from '../../base/brands.ts';
import { type Standing, writeHop } from './hop.ts';
import { STALE_MS_MAX } from './name-times.ts';
import type { NamedDestination, Resolution } from './resolve.ts';
import { hopsOf, type Service } from './services.ts';
import { NOTHING_SEEN, type Seen } from './tell-move.ts';

/** A destination that is kept up to date. */
export type Followed = {
  readonly name: string;
  readonly destination: NamedDestination;
  resolution: Resolution;
  /** The last that led anywhere; empty: none ever did. */
  services: readonly Service[];
  /** When DNS last stood by them. */
  foundAt: MonoMs;
  /** What DNS says now leads nowhere. */
  isGone: boolean;
  told: Seen;
};

const NOWHERE: Resolution = {
  services: [],
  asked: [],
  isPending: true,
  freshUntil: monoMs(0),
  own: [],
};

export function newcomer(name: string, destination: NamedDestination, now: MonoMs): Followed {
  return {
    name,
    destination,
    resolution: NOWHERE,
    services: [],
    foundAt: now,
    isGone: false,
    told: NOTHING_SEEN,
  };
}

/** What led somewhere stays until what is said anew leads somewhere, too. */
export function takeIn(one: Followed, now: MonoMs): void {
  const { services, isPending, freshUntil } = one.resolution;
  const leads = hopsOf(services).length > 0;
  if (isPending && (one.services.length > 0 || !leads)) return;
  one.isGone = !leads;
  if (!leads) return;
  one.services = services;
  one.foundAt = monoMs(Math.min(now, freshUntil));
}

export function standingOf(
  { services, isGone, foundAt, resolution }: Followed,
  now: MonoMs,
): Standing {
  if (services.length === 0) return 'unknown';
  if (isGone) return now < foundAt + STALE_MS_MAX ? 'gone' : 'unknown';
  return now < resolution.freshUntil ? 'fresh' : 'stale';
}

export function seenNow(one: Followed, now: MonoMs): Seen {
  const standing = standingOf(one, now);
  const hops = standing === 'unknown' ? [] : hopsOf(one.services).map(writeHop).toSorted();
  return { standing, hops, own: one.resolution.own.join(' ') };
}
