import type { Decide } from '../../lib/call/step.ts';
import type { Gateway } from '../../lib/gateways/options.ts';
import type { SiteOptions } from '../../lib/node/site-options.ts';
import { type Address, sameAddress, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { uriText } from '../../lib/sip/ids.ts';
import { VirtualNetwork } from '../support/virtual-network.ts';
import {
  A,
  B,
  CALLER,
  gatewayAddress,
  U,
  type VirtualSite,
  virtualSite,
  virtualSiteOptions,
  virtualWayOut,
} from '../support/virtual-site.ts';
import { VirtualStreams } from '../support/virtual-streams.ts';
import { VirtualWorld } from '../support/virtual-world.ts';
import { openCast } from './cast.ts';
import { placeOf } from './places.ts';
import { type Script, writeLine } from './script.ts';

const PLACES = {
  A,
  U,
  B,
  caller: CALLER,
  /** Its second address: its router has moved it. */
  caller2: { address: '203.0.113.8', port: 5070 },
  g1: gatewayAddress(1),
  g2: gatewayAddress(2),
  g3: gatewayAddress(3),
};
/** The gateway that calls outwards. */
const PSAP: Address = { address: '10.0.1.40', port: 5060 };
const QUIET_MS = 300_000;
/** Connections that are closed at the end are missed by then. */
const SWEEP_MS = 10_000;
const SEED = 1;

export type Played = {
  readonly transcript: string;
  readonly site: VirtualSite;
  /** Alarms that are still set when everything is long over. */
  readonly alarmsLeft: number;
};

/** What else a scene may need. */
export type Stage = {
  readonly changes?: Partial<SiteOptions>;
  readonly dialled?: string;
  readonly caller?: Address;
  /** Gateways the system refuses to send to. */
  readonly unreachable?: boolean;
  /** Absent: each call is restored from text at every step. */
  readonly decide?: Decide;
  readonly during?: (site: VirtualSite, time: VirtualWorld) => void;
};

/** Plays a ladder against a whole site on virtual time and writes down what was on the wire. */
export async function play(script: Script, stage: Stage = {}): Promise<Played> {
  const time = new VirtualWorld(SEED);
  const network = new VirtualNetwork(time, { delayMs: 0, jitterMs: 0, loss: 0, duplication: 0 });
  const streams = new VirtualStreams(time);
  const options = { ...optionsFor(script), ...stage.changes };
  const site = virtualSite(time, network, options, { decide: stage.decide, streams });
  await site.node.listen();
  stage.during?.(site, time);

  const home = script.isCallback ? PSAP : CALLER;
  const { caller = home, dialled = dialledIn(script) } = stage;
  const places = { ...PLACES, caller };
  const cast = await openCast(script, {
    datagrams: network,
    streams,
    nowMs: () => time.nowMs,
    places,
    dialled,
    callId: 'the-call@op.example',
    dialogs: new Map(),
  });
  const actors = cast.names.map((name) => placeOf(name, places));
  network.onPacket = ({ from, to }) => {
    const isForActor = actors.some((one) => sameAddress(one, to));
    const isFromActor = actors.some((one) => sameAddress(one, from));
    if (!isForActor && !isFromActor) throw new Error(`a packet to ${writeAddress(to)}`);
  };
  network.refuses = (to) =>
    stage.unreachable === true &&
    script.gateways.some((_, index) => sameAddress(gatewayAddress(index + 1), to));
  for (const line of script.lines) if (cast.isOurs(line)) time.at(line.atMs, () => cast.say(line));
  time.runUntil((script.lines.at(-1)?.atMs ?? 0) + QUIET_MS);
  const transcript = cast.seen.map(writeLine).join('\n');
  await cast.close();
  time.runUntil(time.nowMs + SWEEP_MS);
  return { transcript, site, alarmsLeft: time.pending };
}

function dialledIn({ emergency, isCallback, caller }: Script): string {
  const transport = caller === 'udp' ? '' : `;transport=${caller}`;
  if (isCallback) return `sip:+46701234567@${B.address}${transport}`;
  return `sip:${emergency ? '112' : '200'}@192.0.2.112${transport}`;
}

function byTcp(gateway: Gateway, index: number): Gateway {
  const hop = { ...gatewayAddress(index + 1), transport: 'tcp' } as const;
  const uri = uriText(`${gateway.uri};transport=tcp`);
  return { ...gateway, uri, destination: { kind: 'address', hop } };
}

/** A site that listens for both transports, toward gateways that each speak one. */
function optionsFor(script: Script): SiteOptions {
  const { gateways, earlyDialogs, isCallback, transfers } = script;
  const options = virtualSiteOptions(
    gateways.length,
    isCallback ? virtualWayOut(gateways.length, PSAP) : {},
  );
  const tcp: Transport = 'tcp';
  const { listeners } = options;
  return {
    ...options,
    listeners: [...listeners, ...listeners.map((one) => ({ ...one, transport: tcp }))],
    groups: options.groups.map((group) =>
      transfers === 'refuse' ? group : { ...group, transfers },
    ),
    trunks: options.trunks.map((trunk) => ({ ...trunk, earlyDialogs })),
    gateways: options.gateways.map((gateway, index) =>
      gateways[index] === 'tcp' ? byTcp(gateway, index) : gateway,
    ),
  };
}
