import { type Address, defaultPort, writeAddress } from './address.ts';
import { sameHost } from './host-address.ts';
import { branchOf, MAGIC_COOKIE } from './ids.ts';
import type { Via } from './message.ts';
import { type Params, paramValue, readParams, withoutParams } from './params.ts';
import { portOf, readSentBy } from './sent-by.ts';
import { trimmed } from './white-space.ts';

/** The first element of a Via header field; `SIP / 2.0 / UDP host : port` is taken. [3261-20.42] */
export function parseVia(value: string): Via | undefined {
  return readVia(value)?.via;
}

export type ViaReading = {
  readonly via: Via;
  /** Something in it could not be used and was passed over. */
  readonly odd: boolean;
  readonly params: Params;
};

export function readVia(value: string): ViaReading | undefined {
  const version = value.indexOf('/');
  const slash = version < 0 ? -1 : value.indexOf('/', version + 1);
  if (slash < 0) return undefined;
  const transportAt = afterSpace(value, slash + 1);
  const transportEnd = wordEnd(value, transportAt);
  const params = readParams(value, transportEnd);
  const sentBy = readSentBy(trimmed(value, transportEnd, params.at));
  // Of NULs alone nothing would be left in what we write.
  if (transportAt === transportEnd || /^\0*$/.test(sentBy.host)) return undefined;
  const branch = paramValue(params.list, 'branch');
  const unique = branch !== undefined && branch !== '' && branch !== MAGIC_COOKIE;
  const rport = params.list.find(({ name }) => name === 'rport');
  return {
    via: {
      transport: value.slice(transportAt, transportEnd).toUpperCase(),
      host: sentBy.host,
      port: sentBy.port,
      branch: unique ? branchOf(branch) : undefined,
      rport: rport === undefined ? undefined : (portOf(rport.value ?? '') ?? 'asked'),
      received: paramValue(params.list, 'received'),
    },
    odd: sentBy.odd || params.odd || (branch !== undefined && !unique),
    params,
  };
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) > 0x20) at += 1;
  return at;
}

export type OwnVia = {
  readonly transport: string;
  readonly host: string;
  readonly port: number;
  readonly branch: string;
  /** Asks for the response at the port we send from. [3581-3] */
  readonly rport?: boolean;
};

export function writeVia({ transport, host, port, branch, rport }: OwnVia): string {
  const sentBy = writeAddress({ address: host, port });
  const ask = rport === true ? ';rport' : '';
  return `SIP/2.0/${transport.toUpperCase()} ${sentBy};branch=${branch}${ask}`;
}

/**
 * The received Via value with where it really came from. A `received` that the sender wrote is
 * taken out, and `rport` is filled in even over a number of the sender's. [3261-18.2.1] [3581-4]
 */
export function stampVia(value: string, source: Address): string {
  const reading = readVia(value);
  if (reading === undefined) return value;
  const { via, params } = reading;
  const asked = via.rport !== undefined;
  const stamped = params.list.filter(({ name }) => name === 'received' || name === 'rport');
  const rport = asked ? `;rport=${source.port}` : '';
  const isSame = !asked && sameHost(via.host, source.address);
  const received = isSame ? '' : `;received=${source.address}`;
  const first = trimmed(withoutParams(value.slice(0, params.end), stamped));
  return `${first}${received}${rport}${value.slice(params.end)}`;
}

/** Where the response goes: `maddr` is a stranger's wish and not obeyed. [3261-18.2.2] [3581-4] */
export function responseAddress(via: Via, source: Address): Address {
  if (via.rport !== undefined) return source;
  const port = via.port ?? defaultPort(via.transport === 'TLS' ? 'tls' : 'udp');
  return { address: source.address, port };
}
