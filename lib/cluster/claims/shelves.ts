import { BoundedMap } from '../../base/bounded-map.ts';
import type { MonoMs } from '../../base/brands.ts';
import type { ClaimId } from '../../ports/ownership.ts';
import { CLAIM_BUDGET_MS, type Claim, isFinal } from './claim.ts';

/** Longer than the time after which an owner says again that it has a call. */
const LASTING_MS = 180_000;
/** As long as a transaction of the caller may repeat what it said: Timer L. */
const ENDING_MS = 32_000;
/** What is let go beside each claim that is put down. */
const SWEPT_MAX = 4;

type Held = { readonly claim: Claim; readonly since: MonoMs; readonly untilMs: number };
type Shelf = BoundedMap<ClaimId, Held>;

/** Claims in the order in which they are let go: no more than fit, and none that is out of date. */
export type Shelves = {
  get(id: ClaimId, now: MonoMs): Claim | undefined;
  put(claim: Claim, now: MonoMs): void;
  delete(id: ClaimId): void;
  readonly size: () => number;
};

/** When it is full, what is over goes first, and of sources that nobody knows. */
export function openShelves(claimsMax: number, onGone: (claim: Claim) => void): Shelves {
  const shelves: readonly Shelf[] = Array.from({ length: 4 }, () => new BoundedMap(Infinity));
  const shelfOf = (claim: Claim) => (claim.isVerified ? 2 : 0) + (isFinal(claim) ? 0 : 1);
  const size = () => shelves.reduce((sum, shelf) => sum + shelf.size, 0);
  const find = (id: ClaimId) => shelves.find((shelf) => shelf.has(id));
  const letGoFirst = (shelf: Shelf, isDue: (held: Held) => boolean): boolean => {
    const { oldest } = shelf;
    if (oldest === undefined || !isDue(oldest.value)) return false;
    shelf.delete(oldest.key);
    onGone(oldest.value.claim);
    return true;
  };
  const sweep = (now: MonoMs) => {
    for (const shelf of shelves) {
      let swept = 0;
      while (swept < SWEPT_MAX && letGoFirst(shelf, ({ untilMs }) => untilMs <= now)) swept += 1;
    }
  };
  return {
    get(id, now) {
      const held = find(id)?.get(id);
      return held !== undefined && held.untilMs > now ? aged(held, now) : undefined;
    },
    put(claim, now) {
      const id = claim.id;
      const former = find(id);
      const known = former?.get(id);
      const shelf = shelves[shelfOf(claim)];
      // What is over is not over for longer because it is said again.
      const overUntil = former === shelf && isFinal(claim) ? known?.untilMs : undefined;
      const untilMs = overUntil ?? now + (isFinal(claim) ? ENDING_MS : LASTING_MS);
      former?.delete(id);
      shelf?.set(id, { claim, since: known?.since ?? now, untilMs });
      sweep(now);
      while (size() > claimsMax && shelves.some((one) => letGoFirst(one, () => true)));
    },
    delete(id) {
      const shelf = find(id);
      const held = shelf?.get(id);
      shelf?.delete(id);
      if (held !== undefined) onGone(held.claim);
    },
    size,
  };
}

/** An owner waits no longer than it may before it calls somebody, and does not say that it does. */
function aged({ claim, since }: Held, now: MonoMs): Claim {
  const dials = claim.phase === 'claiming' && now - since >= CLAIM_BUDGET_MS;
  return dials ? { ...claim, phase: 'dialing' } : claim;
}
