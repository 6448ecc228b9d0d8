import type { World } from '../../lib/base/time.ts';
import type { CallRecord } from '../../lib/call/record.ts';
import type { Decide } from '../../lib/call/step.ts';
import type { Step } from '../../lib/call/story.ts';
import { builtinEngine } from '../../lib/engine/builtin/engine.ts';
import type { Limits } from '../../lib/engine/builtin/limits.ts';
import { type Directory, openDirectory } from '../../lib/gateways/dns/directory.ts';
import type { Gateway, GatewayName } from '../../lib/gateways/options.ts';
import { type Node, siteNode } from '../../lib/node/node.ts';
import { ownAddress } from '../../lib/node/own-address.ts';
import type { SiteOptions } from '../../lib/node/site-options.ts';
import type { EngineEars } from '../../lib/ports/engine-ears.ts';
import type { EventSink, Notice } from '../../lib/ports/event-sink.ts';
import type { NameService } from '../../lib/ports/name-service.ts';
import type { Listener } from '../../lib/ports/sip-engine.ts';
import type { Address } from '../../lib/sip/address.ts';
import { uriText } from '../../lib/sip/ids.ts';
import type { KeyId } from '../../lib/sip/owner-token.ts';
import { fakeNames } from './fake-names.ts';
import { restoringDecide } from './restoring-decide.ts';
import type { VirtualNetwork } from './virtual-network.ts';
import type { VirtualStreams } from './virtual-streams.ts';
import type { VirtualWorld } from './virtual-world.ts';

export const A: Address = { address: '192.0.2.112', port: 5060 };
export const U: Address = { address: '198.51.100.11', port: 5060 };
export const B: Address = { address: '10.0.0.11', port: 5060 };
export const CALLER: Address = { address: '203.0.113.7', port: 5060 };

export function gatewayAddress(number: number): Address {
  return { address: `10.0.1.${30 + number}`, port: 5060 };
}

/** What a site told, kept for the test. */
export type Told = {
  readonly records: CallRecord[];
  readonly steps: Step[];
  readonly notices: Notice[];
  readonly counts: Map<string, number>;
};

export type VirtualSite = {
  readonly node: Node;
  readonly told: Told;
  readonly engine: ReturnType<typeof builtinEngine>;
};

const listener = (role: Listener['role'], at: Address): Listener => ({
  ...at,
  role,
  transport: 'udp',
  advertise: undefined,
});

export function virtualSiteOptions(
  gateways: number,
  changes: Partial<SiteOptions> = {},
): SiteOptions {
  const all = Array.from({ length: gateways }, (_, index): Gateway => {
    const address = gatewayAddress(index + 1);
    return {
      name: `g${index + 1}` as GatewayName,
      uri: uriText(`sip:${address.address}:${address.port}`),
      destination: { kind: 'address', hop: { ...address, transport: 'udp' } },
      priority: index + 1,
    };
  });
  const names = all.map(({ name }) => name);
  const group = { gateways: names, lastResort: undefined };
  return {
    site: 'sim',
    siteNumber: 1,
    epoch: 7,
    keys: [{ id: 'k1' as KeyId, secret: Buffer.alloc(32, 7) }],
    listeners: [listener('anycast', A), listener('unicast', U), listener('gateway', B)],
    gateways: all,
    groups: [
      { ...group, name: 'psap', emergency: true, failoverOn: 'any' },
      {
        ...group,
        name: 'office',
        emergency: false,
        failoverOn: [408, 503, 'transport', 'timeout'],
      },
    ],
    routes: [
      { match: { urn: 'urn:service:sos' }, group: 'psap' },
      { match: { user: '112' }, group: 'psap' },
      { match: { user: '2*' }, group: 'office' },
    ],
    prompts: [],
    trunks: [{ name: 'carrier', source: ['203.0.113.0/24'], offAnycast: 'always' }],
    guard: { callsPerSecMax: 10, callsMax: 50, lagMsMax: 150 },
    hunt: {
      attemptMs: 2000,
      attemptMsMin: 700,
      progressTimeoutMs: 4000,
      budgetMs: 6000,
      ringTimeoutMs: 180_000,
    },
    callsMax: 100_000,
    ...changes,
  };
}

/** A site of one gateway, `psap`, whose calls go to the others, which are outside. */
export function virtualWayOut(carriers: number, psap: Address): Partial<SiteOptions> {
  const { gateways } = virtualSiteOptions(carriers);
  const outside = gateways.map(
    (one): Gateway => ({ ...one, destination: { ...one.destination, isOutside: true } }),
  );
  const name = 'psap' as GatewayName;
  const uri = uriText(`sip:${psap.address}:${psap.port}`);
  const destination = { kind: 'address', hop: { ...psap, transport: 'udp' } } as const;
  const emergency = { name: 'psap', emergency: true, failoverOn: 'any' } as const;
  const carrier = {
    name: 'carriers',
    emergency: false,
    failoverOn: [408, 503, 'transport'],
  } as const;
  return {
    gateways: [{ name, uri, destination, priority: 1 }],
    groups: [{ ...emergency, gateways: [name], lastResort: undefined }],
    routes: [],
    callbacks: {
      gateways: outside,
      group: { ...carrier, gateways: outside.map((one) => one.name), lastResort: undefined },
    },
  };
}

/** Absent: as usual. */
type Besides = {
  readonly decide?: Decide | undefined;
  readonly streams?: VirtualStreams | undefined;
  readonly names?: NameService | undefined;
  readonly limits?: Partial<Limits> | undefined;
};

/**
 * A whole site on virtual time and a virtual network: the real engine, the real node. Unless told
 * otherwise each call is killed and restored from text at every step.
 */
export function virtualSite(
  time: VirtualWorld,
  network: VirtualNetwork,
  options: SiteOptions,
  { decide = restoringDecide, streams, names = fakeNames(), limits }: Besides = {},
): VirtualSite {
  const told: Told = { records: [], steps: [], notices: [], counts: new Map() };
  let engine: ReturnType<typeof builtinEngine> | undefined;
  const sink = {
    step: (step: Step) => void told.steps.push(step),
    record: (record: CallRecord) => void told.records.push(record),
    note: (notice: Notice) => void told.notices.push(notice),
    count(counter: string, label: string) {
      const key = `${counter}/${label}`;
      told.counts.set(key, (told.counts.get(key) ?? 0) + 1);
    },
  };
  const directory = directoryOf(options, time.world, sink, names);
  const engineFor = (ears: EngineEars) => {
    engine = builtinEngine({
      world: time.world,
      datagrams: network,
      streams: { tcp: streams },
      limits,
      ears,
    });
    return engine;
  };
  const node = siteNode(options, time.world, sink, directory, { engineFor }, decide);
  if (engine === undefined) throw new Error('the node made no engine');
  return { node, told, engine };
}

/** What finds the gateways of a site that needs no real name server. */
export function directoryOf(
  { listeners }: SiteOptions,
  world: World,
  sink: EventSink,
  names: NameService = fakeNames(),
): Directory {
  return openDirectory({
    world,
    names,
    sink,
    transports: ['udp', 'tcp'],
    familiesOf: () => [4],
    isOwn: ownAddress(listeners),
    onMoved: () => undefined,
  });
}
