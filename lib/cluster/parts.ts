import type { World } from '../base/time.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Owner, OwnershipEars } from '../ports/ownership.ts';
import type { PeerLinks } from '../ports/peer-links.ts';
import type { Claim } from './claims/claim.ts';
import type { ClaimBook } from './claims/claim-book.ts';
import type { ClaimStore } from './claims/claim-store.ts';
import { writeClaim } from './claims/claim-text.ts';

/** What the parts of an ownership share. */
export type ClusterParts = {
  readonly world: World;
  readonly links: PeerLinks;
  readonly sink: EventSink;
  readonly ears: OwnershipEars;
  readonly own: Owner;
  /** All numbers, the own one among them. */
  readonly sites: readonly number[];
  /** Absent: nothing outlives the process. */
  readonly store: ClaimStore | undefined;
  /** What this site owns, and what it holds for others. */
  readonly books: { readonly own: ClaimBook; readonly held: ClaimBook };
};

/**
 * Tells peers of a claim; it may be lost, and is said again. Who holds it knows whose the call is,
 * which is what others ask it at once: how far the call is may wait.
 */
export function tellClaim(
  { links }: Pick<ClusterParts, 'links'>,
  sites: readonly number[],
  claim: Claim,
  when: 'now' | 'later' = 'now',
): void {
  if (sites.length === 0) return;
  const mayWait = when === 'later';
  const body = Buffer.from(writeClaim(claim));
  for (const to of sites) links.tell({ to, subject: 'held', rank: 'vital', body, mayWait });
}

/** Whether the owner of a claim can be asked, and is still the start that made it. */
export function isReachable(
  { links, own }: Pick<ClusterParts, 'links' | 'own'>,
  { owner }: Claim,
): boolean {
  if (owner.site === own.site) return owner.epoch === own.epoch;
  const link = links.peer(owner.site)?.link;
  return link !== undefined && link.epoch <= owner.epoch;
}
