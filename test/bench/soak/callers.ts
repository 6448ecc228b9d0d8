import type { Draw } from '../../sim/draw.ts';
import type { Gateways } from './gateways.ts';
import { datagramLine, type Hear, type Line, siteAt, streamLine } from './lines.ts';
import type { Over } from './mix.ts';
import { CALLERS, GATEWAY_SIDE, GATEWAYS, STICKY_CALLER, STRANGERS } from './places.ts';

/** Of a hundred callers that may speak through anything; the others have a connection alone. */
const [UDP, TCP, TLS, OWN_TCP] = [60, 75, 85, 95];

export type Callers = {
  lineFor(over: Over, draw: Draw): Line;
  /** A line of one call alone is closed with it. */
  give(line: Line): void;
  close(): void;
};

export async function openCallers(
  gateways: Gateways,
  authorities: string,
  hear: Hear,
): Promise<Callers> {
  const open = (addresses: readonly string[]) =>
    Promise.all(addresses.map((address) => datagramLine(address, hear)));
  const udp = await open([...CALLERS, STICKY_CALLER]);
  const strangers = await open(STRANGERS);
  const stream = (transport: 'TCP' | 'TLS', address: string) =>
    streamLine(transport, address, authorities, hear);
  const tcp = CALLERS.map((address) => stream('TCP', address));
  const tls = CALLERS.map((address) => stream('TLS', address));
  const own = new Set<Line>();
  const ownLine = (transport: 'TCP' | 'TLS', draw: Draw) => {
    const line = stream(transport, one(CALLERS, draw));
    own.add(line);
    return line;
  };
  const any = (draw: Draw) => {
    const lot = draw.between(0, 100);
    if (lot < UDP) return one(udp, draw);
    if (lot < TCP) return one(tcp, draw);
    if (lot < TLS) return one(tls, draw);
    return ownLine(lot < OWN_TCP ? 'TCP' : 'TLS', draw);
  };
  return {
    lineFor(over, draw) {
      switch (over) {
        case 'any':
          return any(draw);
        case 'datagram':
          return one(udp, draw);
        case 'own':
          return ownLine(draw.chance(0.6) ? 'TCP' : 'TLS', draw);
        case 'stranger':
          return one(strangers, draw);
        case 'psap':
          return psapLine(gateways);
      }
    },
    give(line) {
      if (own.delete(line)) line.close();
    },
    close() {
      for (const line of [...udp, ...strangers, ...tcp, ...tls, ...own]) line.close();
    },
  };
}

export function one<T>(list: readonly T[], { between }: Draw): T {
  const found = list[between(0, list.length)];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}

/** A gateway that calls, as a PSAP calls back. */
function psapLine(gateways: Gateways): Line {
  const { host, port } = GATEWAYS.psap;
  return {
    transport: 'UDP',
    address: host,
    port,
    site: GATEWAY_SIDE,
    say(text, uri) {
      const to = siteAt(uri, 'UDP');
      gateways.say('psap', text, to.host, to.port);
    },
    close: () => undefined,
    cut: () => undefined,
  };
}
