import type { SiteConfig } from '../../config/site-config.ts';
import type { World } from '../../lib/base/time.ts';
import { openNameClient } from '../../lib/gateways/dns/client/name-client.ts';
import { systemServers } from '../../lib/gateways/dns/client/resolv-conf.ts';
import { type Directory, openDirectory, type Spoken } from '../../lib/gateways/dns/directory.ts';
import { ownAddress } from '../../lib/node/own-address.ts';
import { everyGateway } from '../../lib/node/site-rules.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { Listener } from '../../lib/ports/sip-engine.ts';
import { familyOf } from '../../lib/sip/address.ts';

/** What finds the gateways of a site, and the hosts whose addresses its log may show. */
export type Sought = {
  readonly directory: Directory;
  readonly readableHosts: () => readonly string[];
};

export type SoughtParts = {
  readonly world: World;
  readonly sink: EventSink;
  /** The readable hosts are others now. */
  readonly onMoved: () => void;
};

/** `configured` is read anew at each use: a reload puts another one in force. */
export function openSought(
  configured: () => SiteConfig,
  { world, sink, onMoved }: SoughtParts,
): Sought {
  const { listeners } = configured().options;
  let found: readonly string[] = [];
  const servers = () => {
    const { nameServers } = configured();
    return nameServers.length > 0 ? nameServers : systemServers();
  };
  const directory = openDirectory({
    world,
    names: openNameClient({ world, servers }),
    sink,
    ...spokenBy(listeners.filter(({ role }) => role === 'gateway')),
    outside: spokenBy(listeners.filter(({ role }) => role === 'unicast')),
    isOwn: ownAddress(listeners),
    onMoved(addresses) {
      found = addresses;
      onMoved();
    },
  });
  return {
    directory,
    readableHosts: () => [...writtenHosts(configured()), ...found],
  };
}

function spokenBy(side: readonly Listener[]): Spoken {
  return {
    transports: side.map(({ transport }) => transport),
    familiesOf(transport) {
      const spoken = side.filter((one) => one.transport === transport);
      return [...new Set(spoken.map(({ address }) => familyOf(address)))];
    },
  };
}

/** The addresses that the configuration itself names. */
export function writtenHosts({ options }: SiteConfig): readonly string[] {
  const own = options.listeners.flatMap(({ address, advertise = address }) => [address, advertise]);
  const gateways = everyGateway(options).flatMap(({ destination }) =>
    destination.kind === 'address' ? [destination.hop.address] : [],
  );
  return [...own, ...gateways];
}
