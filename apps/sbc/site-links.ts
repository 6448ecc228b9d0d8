import type { ClusterConfig } from '../../config/site-config.ts';
import type { World } from '../../lib/base/time.ts';
import { tlsWires } from '../../lib/cluster/links/tls/tls-wires.ts';
import { type Cluster, openCluster } from '../../lib/cluster/open-cluster.ts';
import { openClaimRedis } from '../../lib/cluster/redis/claim-redis.ts';
import type { NeighboursFor } from '../../lib/node/neighbourhood.ts';
import type { Present } from '../../lib/observe/readings.ts';
import type { RecentCalls } from '../../lib/observe/recent-calls.ts';
import { type AllSites, openAllSites } from '../../lib/observe/sites/all-sites.ts';
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
  /** The calls of this site and of its peers. */
  readonly allSites: AllSites;
  close(): Promise<void>;
};

export type SiteLinksParts = {
  readonly world: World;
  readonly sink: EventSink;
  readonly name: string;
  readonly site: number;
  readonly epoch: number;
  readonly recent: RecentCalls;
  /** Read anew for each link. */
  readonly keysNow: () => readonly ClusterKey[];
};

/** The links of a site to its peers, and what crosses them; the node says who listens. */
export function siteLinks(
  config: ClusterConfig | undefined,
  { world, sink, name, site, epoch, recent, keysNow }: SiteLinksParts,
): SiteLinks {
  let cluster: Cluster<ReceivedOn> | undefined;
  const own = { site: name, epoch };
  const allSites = openAllSites({ world, recent, own, links: () => cluster?.links });
  if (config === undefined) return { ...NONE, allSites };
  const { redis: url } = config;
  return {
    allSites,
    neighboursFor(ears) {
      cluster = openCluster<ReceivedOn>({
        world,
        sink,
        wires: tlsWires({ site, keysNow }),
        own: { site, epoch, link: config.link },
        peers: config.peers,
        keysNow,
        recordsFor: allSites.answer,
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

const NONE: Omit<SiteLinks, 'allSites'> = {
  neighboursFor: undefined,
  open: () => Promise.resolve(LISTENING),
  peers: () => [],
  nodes: () => ({ peers: [], claims: NO_CLAIMS }),
  close: () => Promise.resolve(),
};
