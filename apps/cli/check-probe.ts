import type { SiteConfig } from '../../config/site-config.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import { builtinEngine } from '../../lib/engine/builtin/engine.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import type { StreamsBy } from '../../lib/engine/builtin/streams.ts';
import type { DirectoryState, QuestionState } from '../../lib/gateways/dns/directory.ts';
import { type Hop, writeHop } from '../../lib/gateways/dns/hop.ts';
import type { Gateway, ProbeRules } from '../../lib/gateways/options.ts';
import { askHops, type HopOutcome, roundOf } from '../../lib/gateways/probe-loop.ts';
import { everyGateway } from '../../lib/node/site-rules.ts';
import type { EngineEars } from '../../lib/ports/engine-ears.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { Listener } from '../../lib/ports/sip-engine.ts';
import { siteStreams } from '../sbc/site-streams.ts';
import { openSought } from '../sbc/whereabouts.ts';
import { localAddressTowards } from './local-address.ts';

/** What three name servers that are all silent take, asked twice each. */
const LOOK_UP_MS = 15_000;
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
  const streams = siteStreams(config.tls, { world: realWorld(), sink: SILENT });
  const { directory } = openSought(() => config, {
    world: realWorld(),
    sink: SILENT,
    onMoved: () => undefined,
  });
  directory.follow(gateways.map(({ destination }) => destination));
  await directory.settled(LOOK_UP_MS);
  const checked = await Promise.all(
    gateways.map((gateway) =>
      probeOne(gateway, directory.stateOf(gateway.destination), streams.by),
    ),
  );
  directory.close();
  streams.close();
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

async function probeOne(
  gateway: Gateway,
  { hops: places, questions }: DirectoryState,
  streams: StreamsBy,
): Promise<CheckedGateway> {
  const outcomes = await Promise.all(places.map((hop) => askFromHere(gateway, hop, streams)));
  const { event, hops: heard } = roundOf(outcomes.flat());
  const said = [
    ...heard.map((one) => `${one.hop} ${one.said}`),
    ...(places.length > 0 ? [] : questions.map(questionWords)),
  ].join(', ');
  const isAlive = event.on === 'alive';
  const words = isAlive ? `alive, ${event.rttMs.toFixed(1)} ms` : `not alive: ${event.why}`;
  return { name: gateway.name, isAlive, line: `gateway ${gateway.name}: ${words} (${said})` };
}

/** `SRV _sip._udp.psap.example NXDOMAIN`: why there is no place to ask at. */
function questionWords({ type, name, answers, lastError }: QuestionState): string {
  return `${type} ${name} ${lastError ?? answers.join(' and ')}`;
}

/** Each place from a socket of its own: places of one name may differ in transport and way. */
async function askFromHere(
  gateway: Gateway,
  hop: Hop,
  streams: StreamsBy,
): Promise<readonly HopOutcome[]> {
  const found = await localAddressTowards(hop);
  if (found.kind === 'none') return [unsent(writeHop(hop), found.why)];
  const listener: Listener = {
    ...found.local,
    transport: hop.transport,
    role: 'gateway',
    advertise: undefined,
  };
  const parts = { datagrams: udpDatagrams(), streams };
  const engine = builtinEngine({ world: realWorld(), ...parts, ears: DEAF });
  const listening = await engine.listen([listener]);
  if (listening.kind === 'failed') return [unsent(writeHop(hop), listening.why)];
  const outcomes = await new Promise<readonly HopOutcome[]>((resolve) => {
    const probe = (...asked: Parameters<typeof engine.probe>) => engine.probe(...asked);
    askHops({ gateway, hops: [hop] }, PATIENCE, { listeners: [listener], probe }, resolve);
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
