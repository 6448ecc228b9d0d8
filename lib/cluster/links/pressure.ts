import type { Rank } from '../../ports/peer-links.ts';

/** How much of the room each may find taken and still be sent. */
const SHARE: Readonly<Record<Rank, number>> = { ordinary: 0.25, emergency: 0.75, vital: 1 };

/** Whether something may still be added to what waits: strays of ordinary calls go first. */
export function hasRoom(rank: Rank, taken: number, max: number): boolean {
  return taken < max * SHARE[rank];
}
