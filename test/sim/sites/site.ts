import type { World } from '../../../lib/base/time.ts';
import { type Cluster, openCluster } from '../../../lib/cluster/open-cluster.ts';
import { type BuiltinEngine, builtinEngine } from '../../../lib/engine/builtin/engine.ts';
import { type Node, siteNode } from '../../../lib/node/node.ts';
import type { SiteOptions } from '../../../lib/node/site-options.ts';
import type { EventSink } from '../../../lib/ports/event-sink.ts';
import type { PeerLinks } from '../../../lib/ports/peer-links.ts';
import type { ReceivedOn } from '../../../lib/ports/sip-engine.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { addressOf } from '../../support/virtual-peers.ts';
import { VirtualProcess } from '../../support/virtual-process.ts';
import { A, directoryOf, virtualSiteOptions } from '../../support/virtual-site.ts';
import type { VirtualWires } from '../../support/virtual-wires.ts';
import type { VirtualWorld } from '../../support/virtual-world.ts';
import type { Doors } from '../doors.ts';
import type { Anycast } from './anycast.ts';
import { processWires } from './process-wires.ts';

/** One start of one site. */
export type SimSite = {
  readonly number: number;
  readonly epoch: number;
  readonly process: VirtualProcess;
  readonly node: Node;
  readonly engine: BuiltinEngine;
  readonly cluster: Cluster<ReceivedOn>;
  /** Its process is gone, and all that it knew. */
  die(): void;
};

/** What all sites have in common. */
export type Common = {
  readonly time: VirtualWorld;
  readonly wires: VirtualWires;
  readonly anycast: Anycast;
  readonly sites: readonly number[];
  readonly gateways: number;
  readonly sinkFor: (site: number) => EventSink;
  /** The newest version that a site speaks on links. */
  readonly versionOf: (site: number) => number;
};

const HOUR_MS = 3_600_000;
const PEERS_MS = 2000;
const LOOK_EVERY_MS = 50;

export const unicastOf = (site: number): Address => ({ address: `198.51.100.${site}`, port: 5060 });
const insideOf = (site: number): Address => ({ address: `10.0.0.${site}`, port: 5060 });

export function doorsOf(sites: readonly number[]): Doors {
  return { anycast: A, unicast: sites.map(unicastOf), inside: sites.map(insideOf) };
}

/** A whole site: the real node, engine, links, claims and relay, on virtual time. */
export async function openSite(common: Common, number: number, epoch: number): Promise<SimSite> {
  const { time, wires, anycast, sites, sinkFor, versionOf } = common;
  // The clocks of two sites need not agree.
  const process = new VirtualProcess(time, number === 3 ? HOUR_MS : 0);
  const { world } = process;
  const options = optionsOf(common, number, epoch);
  const datagrams = anycast.datagramsOf(number, process);
  const links = wires.of(number);
  const sink = sinkFor(number);
  let engine: BuiltinEngine | undefined;
  let cluster: Cluster<ReceivedOn> | undefined;
  const node = siteNode(options, world, sink, directoryOf(options, world, sink), {
    engineFor(ears) {
      engine = builtinEngine({ world, datagrams, ears });
      return engine;
    },
    neighboursFor(ears) {
      cluster = openCluster<ReceivedOn>({
        world,
        sink,
        ears,
        wires: processWires(links, process),
        own: { site: number, epoch, link: addressOf(number), version: versionOf(number) },
        peers: sites
          .filter((site) => site !== number)
          .map((site) => ({ site, name: `s${site}`, link: addressOf(site) })),
        keysNow: () => options.keys,
      });
      return cluster;
    },
  });
  if (engine === undefined || cluster === undefined) throw new Error('the node is incomplete');
  await cluster.open();
  const { links: peers } = cluster;
  const start: SimSite = {
    number,
    epoch,
    process,
    node,
    engine,
    cluster,
    die() {
      process.die();
      datagrams.close();
      void links.close();
      wires.breakAll(number);
    },
  };
  await met(peers, process.world);
  await node.listen();
  return start;
}

/** As a node begins: it listens when its peers have said what they hold for it, or later. */
function met(links: PeerLinks, { clock, timers }: World): Promise<void> {
  const until = clock.mono() + PEERS_MS;
  return new Promise((resolve) => {
    const look = () => {
      const isMet = links.peers().every(({ link }) => link?.rttMs !== undefined);
      if (isMet || clock.mono() >= until) resolve();
      else timers.set(LOOK_EVERY_MS, look);
    };
    look();
  });
}

function optionsOf({ gateways }: Common, number: number, epoch: number): SiteOptions {
  const options = virtualSiteOptions(gateways);
  const own = { anycast: A, unicast: unicastOf(number), gateway: insideOf(number) };
  const listeners = options.listeners.map((one) => ({ ...one, ...own[one.role] }));
  return { ...options, site: `s${number}`, siteNumber: number, epoch, listeners };
}
