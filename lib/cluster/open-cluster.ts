import type { World } from '../base/time.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { NeighbourEars } from '../ports/neighbours.ts';
import type { LinksOpened, PeerLinks } from '../ports/peer-links.ts';
import type { ClusterKey } from '../sip/owner-token.ts';
import type { ClaimStore } from './claims/claim-store.ts';
import { openPeerLinks, type PeerLinksParts } from './links/open-peer-links.ts';
import type { PeerOptions } from './links/peer.ts';
import type { LinkWires } from './links/wires.ts';
import { type OpenOwnership, openOwnership } from './open-ownership.ts';
import { openRelay, type Relay } from './relay/open-relay.ts';

export type ClusterOptions<Way> = {
  readonly world: World;
  readonly sink: EventSink;
  readonly wires: LinkWires;
  readonly own: PeerLinksParts['own'];
  readonly peers: readonly PeerOptions[];
  /** Read anew for each message. */
  readonly keysNow: () => readonly ClusterKey[];
  /** Absent: claims do not outlive the process. */
  readonly store?: ClaimStore;
  /** What is answered to a site that asks for records. Absent: nothing. */
  readonly recordsFor?: (asked: Buffer) => Buffer;
  readonly ears: NeighbourEars<Way>;
};

/** What one site is to the others: links, claims and strays. */
export type Cluster<Way> = {
  readonly links: PeerLinks;
  readonly ownership: OpenOwnership;
  readonly relay: Relay<Way>;
  readonly siteName: (site: number) => string;
  open(): Promise<LinksOpened>;
  close(): Promise<void>;
};

/** Puts together what the rooms hold; each subject on the links goes to whom it concerns. */
export function openCluster<Way>(options: ClusterOptions<Way>): Cluster<Way> {
  const { world, sink, wires, own, peers, keysNow, store, recordsFor, ears } = options;
  const { site, epoch } = own;
  const links = openPeerLinks({
    world,
    sink,
    wires,
    own,
    peers,
    ears: {
      onUp: (up, theirs) => ownership.peerEars.onUp(up, theirs),
      onDown: () => undefined,
      onTold(from, subject, body) {
        ownership.peerEars.onTold(from, subject, body);
        relay.peerEars.onTold(from, subject, body);
      },
      onAsked(from, subject, body, reply) {
        ownership.peerEars.onAsked(from, subject, body, reply);
        relay.peerEars.onAsked(from, subject, body, reply);
        if (subject === 'records' && recordsFor !== undefined) reply(recordsFor(body));
      },
    },
  });
  const sites = [site, ...peers.map((peer) => peer.site)];
  const owner = { site, epoch };
  const ownership = openOwnership({ world, links, sink, ears, own: owner, sites, store, keysNow });
  const relay = openRelay<Way>({ world, links, sink, own: site, ears });
  return {
    links,
    ownership,
    relay,
    siteName: (number) => links.peer(number)?.name ?? `site ${number}`,
    open: () => links.open(),
    async close() {
      ownership.close();
      relay.close();
      await links.close();
      await store?.close();
    },
  };
}
