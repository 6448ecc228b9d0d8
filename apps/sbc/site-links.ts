import type { ClusterConfig } from '../../config/site-config.ts';
import type { World } from '../../lib/base/time.ts';
import { openPeerLinks } from '../../lib/cluster/links/open-peer-links.ts';
import { tlsWires } from '../../lib/cluster/links/tls/tls-wires.ts';
import type { Present } from '../../lib/observe/readings.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { LinksOpened } from '../../lib/ports/peer-links.ts';
import type { ClusterKey } from '../../lib/sip/owner-token.ts';

export type SiteLinks = {
  open(): Promise<LinksOpened>;
  peers(): Present['peers'];
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

/** The links of a site to its peers; a site that is the only one has none. */
export function siteLinks(
  cluster: ClusterConfig | undefined,
  { world, sink, site, epoch, keysNow }: SiteLinksParts,
): SiteLinks {
  if (cluster === undefined) return NONE;
  const links = openPeerLinks({
    world,
    sink,
    wires: tlsWires({ site, keysNow }),
    own: { site, epoch, link: cluster.link },
    peers: cluster.peers,
    // Nothing of a call crosses a link yet: who asks hears nothing, and goes on without.
    ears: {
      onUp: () => undefined,
      onDown: () => undefined,
      onTold: () => undefined,
      onAsked: () => undefined,
    },
  });
  return {
    open: () => links.open(),
    peers: () =>
      links.peers().map(({ name, link }) => {
        return { name, isUp: link !== undefined, rttMs: link?.rttMs };
      }),
    close: () => links.close(),
  };
}

const NONE: SiteLinks = {
  open: () => Promise.resolve({ kind: 'listening' }),
  peers: () => [],
  close: () => Promise.resolve(),
};
