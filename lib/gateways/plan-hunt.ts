import { drawOrder } from '../base/draw-order.ts';
import type { Rng } from '../base/time.ts';
import type { Place, Transport } from '../sip/address.ts';
import { type UriText, uriText } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import { parseUri, sipUri, uriUser } from '../sip/uri.ts';
import type { Directory } from './dns/directory.ts';
import type { Hop, Whereabouts } from './dns/hop.ts';
import type { GatewayReport, HealthBook } from './health-book.ts';
import type { Gateway, Group } from './options.ts';
import { isUnder, SOS } from './routes.ts';

/** One try of a hunt: where to, and what its Request-URI says. */
export type PlannedTarget = {
  readonly gateway: string;
  readonly uri: UriText;
  readonly address: Place;
  readonly transport: Transport;
  readonly largeByTcp?: boolean | undefined;
  readonly headers?: readonly Header[] | undefined;
};

/** In the order in which a call tries them; `skipped` is not tried. */
const RANKS = [
  'in-turn',
  'suspect',
  'waiting',
  'full',
  'down',
  'gone',
  'last-resort',
  'skipped',
] as const;

/** Where a gateway stands in one hunt, and why. */
export type Placing = {
  readonly gateway: Gateway;
  readonly rank: (typeof RANKS)[number];
  readonly why: string;
  readonly report: GatewayReport;
  /** The places where it is tried, one after the other. */
  readonly hops: readonly Hop[];
};

export type Planning = {
  readonly gateways: readonly Gateway[];
  readonly health: HealthBook;
  readonly directory: Directory;
  readonly rng: Rng;
};

/** What a hunt is planned for. */
export type Wanted = {
  readonly group: Group;
  readonly asked: UriText;
  readonly emergency: boolean;
};

/** The tries of a call, in their order: each gateway at all the places where it is. */
export function planHunt(wanted: Wanted, planning: Planning): PlannedTarget[] {
  return rankGateways(wanted, planning)
    .filter(({ rank }) => rank !== 'skipped')
    .flatMap(({ gateway, hops }) => {
      const uri = requestUri(wanted, gateway.uri);
      return hops.map((hop) => targetAt(gateway, hop, uri));
    });
}

/**
 * The gateways of a group: by what is believed of them, then by priority, then by weight, and at
 * the end the last resort. An emergency call leaves none out, not even one that DNS knows no more:
 * belief may be wrong, and it has nobody else.
 */
export function rankGateways({ group, emergency }: Wanted, planning: Planning): Placing[] {
  const { gateways, health, directory, rng } = planning;
  const members = group.gateways.flatMap((name) => gateways.filter((one) => one.name === name));
  const whereIs = ({ destination }: Gateway) => directory.whereIs(destination);
  const placed = drawOrder(members, rng).map((one) => place(one, whereIs(one), emergency, health));
  const { lastResort } = group;
  if (lastResort !== undefined) {
    const why = 'when all others have failed';
    const report = health.report(lastResort);
    const { hops } = whereIs(lastResort);
    placed.push({ gateway: lastResort, rank: 'last-resort', why, report, hops });
  }
  return placed.toSorted((one, other) => RANKS.indexOf(one.rank) - RANKS.indexOf(other.rank));
}

function place(
  gateway: Gateway,
  { standing, hops }: Whereabouts,
  emergency: boolean,
  health: HealthBook,
): Placing {
  const report = health.report(gateway);
  const { callsMax } = gateway;
  const at = (rank: Placing['rank'], why: string) => ({ gateway, rank, why, report, hops });
  if (standing === 'gone') {
    return at(emergency ? 'gone' : 'skipped', 'DNS says that there is nothing any more');
  }
  if (hops.length === 0) return at('skipped', 'DNS has not told yet where it is');
  if (callsMax !== undefined && report.callsNow >= callsMax) {
    const rank = emergency ? 'full' : 'skipped';
    return at(rank, `${report.callsNow} of ${callsMax} calls are up`);
  }
  if (report.restsMs > 0) return at('down', `it asked for rest, ${report.restsMs} ms more`);
  switch (report.belief.tag) {
    case 'up':
      return at('in-turn', report.why);
    case 'suspect':
      return at('suspect', report.why);
    case 'down':
      return at('down', report.why);
    case 'closing':
      if (emergency || health.admits(gateway)) return at('in-turn', report.why);
      return at('waiting', `it comes back slowly: ${report.why}`);
  }
}

/** A try at one place of a gateway that is asked for this URI. */
export function targetAt(
  { name, uri: at, largeByTcp, headers }: Gateway,
  hop: Hop,
  uri: UriText,
): PlannedTarget {
  return {
    gateway: name,
    uri,
    address: placeOf(at, hop),
    transport: hop.transport,
    ...(largeByTcp === undefined ? {} : { largeByTcp }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** Over TLS a gateway must be certified as what its URI says, whatever DNS made of that. */
export function placeOf(gateway: UriText, { transport, address, port }: Hop): Place {
  if (transport !== 'tls') return { address, port };
  const uri = parseUri(gateway);
  return { address, port, name: uri.kind === 'sip' ? uri.host : address };
}

/**
 * What a gateway is asked for: a service URN as it is [6881-9.2], else the dialled user at the
 * gateway, unless the gateway's own URI names a user or its group wants a service URN.
 */
function requestUri(wanted: Wanted, gateway: UriText): UriText {
  const { asked } = wanted;
  const dialled = parseUri(asked);
  const isReplaced = wantsService(wanted);
  if (dialled.kind === 'urn' && !isReplaced) return asked;
  const at = parseUri(gateway);
  if (at.kind !== 'sip' || at.user !== undefined) return gateway;
  if (isReplaced) return uriText(SOS);
  const user = dialled.kind === 'sip' ? dialled.user : uriUser(asked);
  return sipUri({ user, host: at.host, port: at.port, params: at.params });
}

/** Whether gateways that know emergency services alone would not know what was dialled. */
function wantsService({ group, asked, emergency }: Wanted): boolean {
  if (!emergency || group.asksFor !== 'service') return false;
  return !isUnder(asked, SOS) && !isUnder(asked, 'urn:service:test');
}
