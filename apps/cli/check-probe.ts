import type { SiteConfig } from '../../config/site-config.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import { builtinEngine } from '../../lib/engine/builtin/engine.ts';
import { tcpStreams } from '../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import type { Gateway, ProbeRules } from '../../lib/gateways/options.ts';
import { askHops, type HopOutcome, hopsOf, roundOf } from '../../lib/gateways/probe-loop.ts';
import type { EngineEars, Listener } from '../../lib/ports/sip-engine.ts';
import { localAddressTowards } from './local-address.ts';

const PATIENCE: ProbeRules = { everySec: 1, downAfter: 1, upAfter: 1, timeoutMs: 2000 };

export type CheckedGateway = {
  readonly name: string;
  readonly isAlive: boolean;
  readonly line: string;
};

/** Asks every gateway of a site once, last resorts too, from an address of this machine. */
export async function probeAll({ options }: SiteConfig): Promise<readonly CheckedGateway[]> {
  const lastResorts = options.groups.flatMap(({ lastResort }) => lastResort ?? []);
  return Promise.all([...options.gateways, ...lastResorts].map(probeOne));
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

async function probeOne(gateway: Gateway): Promise<CheckedGateway> {
  const outcomes = await askFromHere(gateway);
  const { event, hops } = roundOf(outcomes);
  const said = hops.map((one) => `${one.hop} ${one.said}`).join(', ');
  const isAlive = event.on === 'alive';
  const words = isAlive ? `alive, ${event.rttMs.toFixed(1)} ms` : `not alive: ${event.why}`;
  return { name: gateway.name, isAlive, line: `gateway ${gateway.name}: ${words} (${said})` };
}

async function askFromHere(gateway: Gateway): Promise<readonly HopOutcome[]> {
  const [first] = hopsOf(gateway);
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
    askHops(gateway, PATIENCE, { listeners: [listener], probe }, resolve);
  });
  await engine.close();
  return outcomes;
}

const unsent = (hop: string, why: string): HopOutcome => ({
  hop,
  outcome: { kind: 'unsent', why },
});

/** Nobody calls us here. */
const DEAF: EngineEars = {
  onInvite: () => undefined,
  onLeg: () => undefined,
  onStray: () => undefined,
  onFault: () => undefined,
};
