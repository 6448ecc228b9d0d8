import type { Rank } from '../../ports/peer-links.ts';

/** How much of the room each may find taken and still be sent. */
const SHARE: Readonly<Record<Rank, number>> = {
  bulk: 0.01,
  ordinary: 0.25,
  emergency: 0.75,
  vital: 1,
};

/** Whether something may still be added to what waits: what no call waits for goes first. */
export function hasRoom(rank: Rank, taken: number, max: number): boolean {
  return taken < max * SHARE[rank];
}
