import type { SiteConfig } from '../../config/site-config.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import { builtinEngine } from '../../lib/engine/builtin/engine.ts';
import { tcpStreams } from '../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import type { Hop } from '../../lib/gateways/dns/hop.ts';
import type { Gateway, ProbeRules } from '../../lib/gateways/options.ts';
import { askHops, type HopOutcome, roundOf } from '../../lib/gateways/probe-loop.ts';
import { everyGateway } from '../../lib/node/site-rules.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { EngineEars, Listener } from '../../lib/ports/sip-engine.ts';
import { openSought } from '../sbc/whereabouts.ts';
import { localAddressTowards } from './local-address.ts';

/** A name server that is silent is asked again within this time. */
const LOOK_UP_MS = 6000;
const PATIENCE: ProbeRules = { everySec: 1, downAfter: 1, upAfter: 1, timeoutMs: 2000 };

export type CheckedGateway = {
  readonly name: string;
  readonly isAlive: boolean;
  readonly line: string;
};

/**
 * Looks up every gateway of a site, last resorts too, and asks each once, from an address of this
 * machine.
 */
export async function probeAll(config: SiteConfig): Promise<readonly CheckedGateway[]> {
  const gateways = everyGateway(config.options);
  const { directory } = openSought(() => config, {
    world: realWorld(),
    sink: SILENT,
    onMoved: () => undefined,
  });
  directory.follow(gateways.map(({ destination }) => destination));
  await directory.settled(LOOK_UP_MS);
  const checked = await Promise.all(
    gateways.map((gateway) => probeOne(gateway, directory.whereIs(gateway.destination).hops)),
  );
  directory.close();
  return checked;
}

/** The names of the emergency groups of which nobody has answered. */
export function deadGroups(
  { options }: SiteConfig,
  checked: readonly CheckedGateway[],
): readonly string[] {
  const alive = new Set(checked.flatMap(({ name, isAlive }) => (isAlive ? [name] : [])));
  return options.groups
    .filter(({ emergency }) => emergency)
    .filter(({ gateways, lastResort }) => {
      const names: readonly string[] = [...gateways, ...(lastResort ? [lastResort.name] : [])];
      return !names.some((name) => alive.has(name));
    })
    .map(({ name }) => name);
}

async function probeOne(gateway: Gateway, places: readonly Hop[]): Promise<CheckedGateway> {
  const outcomes = await askFromHere(gateway, places);
  const { event, hops: heard } = roundOf(outcomes);
  const said = heard.map((one) => `${one.hop} ${one.said}`).join(', ');
  const isAlive = event.on === 'alive';
  const words = isAlive ? `alive, ${event.rttMs.toFixed(1)} ms` : `not alive: ${event.why}`;
  return { name: gateway.name, isAlive, line: `gateway ${gateway.name}: ${words} (${said})` };
}

async function askFromHere(
  gateway: Gateway,
  places: readonly Hop[],
): Promise<readonly HopOutcome[]> {
  const [first] = places;
  if (first === undefined) return [];
  const found = await localAddressTowards(first);
  if (found.kind === 'none') return [unsent(first.address, found.why)];
  const listener: Listener = {
    ...found.local,
    transport: first.transport,
    role: 'gateway',
    advertise: undefined,
  };
  const parts = { datagrams: udpDatagrams(), streams: tcpStreams() };
  const engine = builtinEngine({ world: realWorld(), ...parts, ears: DEAF });
  const listening = await engine.listen([listener]);
  if (listening.kind === 'failed') return [unsent(first.address, listening.why)];
  const outcomes = await new Promise<readonly HopOutcome[]>((resolve) => {
    const probe = (...asked: Parameters<typeof engine.probe>) => engine.probe(...asked);
    askHops({ gateway, hops: places }, PATIENCE, { listeners: [listener], probe }, resolve);
  });
  await engine.close();
  return outcomes;
}

const unsent = (hop: string, why: string): HopOutcome => ({
  hop,
  outcome: { kind: 'unsent', why },
});

/** What is looked up here stands in no log. */
const SILENT: EventSink = {
  step: () => undefined,
  record: () => undefined,
  note: () => undefined,
  count: () => undefined,
};

/** Nobody calls us here. */
const DEAF: EngineEars = {
  onInvite: () => undefined,
  onLeg: () => undefined,
  onStray: () => undefined,
  onFault: () => undefined,
};
