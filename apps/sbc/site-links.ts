import type { ClusterConfig } from '../../config/site-config.ts';
import type { World } from '../../lib/base/time.ts';
import { tlsWires } from '../../lib/cluster/links/tls/tls-wires.ts';
import { type Cluster, openCluster } from '../../lib/cluster/open-cluster.ts';
import { openClaimRedis } from '../../lib/cluster/redis/claim-redis.ts';
import type { NeighboursFor } from '../../lib/node/neighbourhood.ts';
import type { Present } from '../../lib/observe/readings.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { LinksOpened } from '../../lib/ports/peer-links.ts';
import type { ReceivedOn } from '../../lib/ports/sip-engine.ts';
import type { ClusterKey } from '../../lib/sip/owner-token.ts';
import type { NodesView } from './nodes-view.ts';

export type SiteLinks = {
  /** Absent: the site is the only one. */
  readonly neighboursFor: NeighboursFor | undefined;
  open(): Promise<LinksOpened>;
  peers(): Present['peers'];
  /** As `landfall nodes` shows them. */
  nodes(): Pick<NodesView, 'peers' | 'claims'>;
  close(): Promise<void>;
};

export type SiteLinksParts = {
  readonly world: World;
  readonly sink: EventSink;
  readonly site: number;
  readonly epoch: number;
  /** Read anew for each link. */
  readonly keysNow: () => readonly ClusterKey[];
};

/** The links of a site to its peers, and what crosses them; the node says who listens. */
export function siteLinks(
  config: ClusterConfig | undefined,
  { world, sink, site, epoch, keysNow }: SiteLinksParts,
): SiteLinks {
  if (config === undefined) return NONE;
  const { redis: url } = config;
  let cluster: Cluster<ReceivedOn> | undefined;
  return {
    neighboursFor(ears) {
      cluster = openCluster<ReceivedOn>({
        world,
        sink,
        wires: tlsWires({ site, keysNow }),
        own: { site, epoch, link: config.link },
        peers: config.peers,
        keysNow,
        ears,
        ...(url === undefined
          ? {}
          : { store: openClaimRedis({ world, sink, options: { url, site } }) }),
      });
      return cluster;
    },
    open: async () => (await cluster?.open()) ?? LISTENING,
    peers: () =>
      (cluster?.links.peers() ?? []).map(({ name, link }) => {
        return { name, isUp: link !== undefined, rttMs: link?.rttMs };
      }),
    nodes: () => ({
      peers: (cluster?.links.peers() ?? []).map(({ name, site: number, link }) => {
        return { site: name, number, link };
      }),
      claims: cluster?.ownership.sizes() ?? NO_CLAIMS,
    }),
    close: async () => cluster?.close(),
  };
}

const LISTENING: LinksOpened = { kind: 'listening' };

const NO_CLAIMS = { owned: 0, held: 0, buried: 0 };

const NONE: SiteLinks = {
  neighboursFor: undefined,
  open: () => Promise.resolve(LISTENING),
  peers: () => [],
  nodes: () => ({ peers: [], claims: NO_CLAIMS }),
  close: () => Promise.resolve(),
};
