import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { Destination } from '../lib/gateways/dns/hop.ts';
import { type Address, defaultPort, type Transport } from '../lib/sip/address.ts';
import { firstV6, hostAddress, sameHost } from '../lib/sip/host-address.ts';
import { type UriText, uriText } from '../lib/sip/ids.ts';
import { bad, type Format, good, oneOf, type Reading, text } from './formats.ts';

const DNS_PORT = 53;

/** Refuses what names no single host: a wildcard socket answers from the wrong address. */
export const HOST_ADDRESS: Format<string> = text(
  'host address',
  'write an address such as 198.51.100.11 or 2001:db8::11',
  (value) => (isIP(value) === 0 ? bad(value, ...noAddress(value)) : singleHost(value)),
);

/** Where only IPv4 is spoken: by the channels of a FreeSWITCH. */
export const IPV4_ADDRESS: Format<string> = text(
  'IPv4 address',
  'write an IPv4 address such as 198.51.100.11',
  (value) =>
    isIPv4(value)
      ? singleHost(value)
      : bad(value, 'is not an IPv4 address', 'write one such as 198.51.100.11'),
);

export const TRANSPORT: Format<Transport> = oneOf('transport', ['udp', 'tcp', 'tls']);

/** What stands in Contact in place of the address: another address, or a name callers resolve. */
export const ADVERTISE = hostOrAddress('advertised host', 'sto.any.example');

/** A domain, as certificates name it. */
export const CERTIFIED_NAME = hostOrAddress('name in a certificate', 'sbc.op.example');

export const SERVER_HOST = hostOrAddress('server host', 'drachtio.example');

function hostOrAddress(name: string, example: string): Format<string> {
  return text(name, `write a host name such as ${example}, or an address`, (value) => {
    if (isIP(value) !== 0) return singleHost(value);
    if (isHostName(value)) return good(value.toLowerCase());
    return bad(
      value,
      'is neither a host name nor an address',
      `write the host alone, such as ${example}`,
    );
  });
}

export type Target = { readonly uri: UriText; readonly destination: Destination };

const TARGET_WANT = 'write "sip:HOST" or "sip:HOST:PORT", such as "sip:10.0.1.31:5060"';

/** The URI of a next hop. A user in it is asked for in place of the one that was dialled. */
export const TARGET: Format<Target> = text('gateway URI', TARGET_WANT, (value) => {
  const [, scheme = '', user = '', hostPort = '', tail = ''] = URI_PARTS.exec(value) ?? [];
  if (scheme.toLowerCase() === 'sips')
    return bad(value, 'asks for TLS on the whole way', 'write sip:HOST;transport=tls');
  if (scheme.toLowerCase() !== 'sip') return bad(value, 'is not a SIP URI', TARGET_WANT);
  if (!USER_PART.test(user))
    return bad(value, 'names a user that is not plain', 'write digits or a name before the @');
  if (!Object.hasOwn(TRANSPORT_OF, tail.toLowerCase()))
    return bad(value, `carries ${tail}, which is not understood`, TARGET_WANT);
  const place = readPlace(hostPort.toLowerCase(), TRANSPORT_OF[tail.toLowerCase()]);
  if (place.kind === 'bad') return bad(value, place.wrong, place.want);
  const uri = uriText(`sip:${user}${hostPort}${tail.toLowerCase()}`);
  return good({ uri, destination: place.destination });
});

/** What may follow the host of a gateway. */
const TRANSPORT_OF: Readonly<Record<string, Transport | undefined>> = {
  '': undefined,
  ';transport=udp': 'udp',
  ';transport=tcp': 'tcp',
  ';transport=tls': 'tls',
};
const USER_PART = /^(?:[A-Za-z0-9_.!~*'()&=+$,-]{1,128}@)?$/;
const URI_PARTS = /^(sips?):([^@]*@)?([^;?@]*)([;?].*)?$/i;

type Place =
  | { readonly kind: 'good'; readonly destination: Destination }
  | { readonly kind: 'bad'; readonly wrong: string; readonly want: string };

/** An address is where it says; a name is looked up as RFC 3263 has it, so no port is filled in. */
function readPlace(hostPort: string, transport: Transport | undefined): Place {
  const literal = readHostPort(hostPort, defaultPort(transport ?? 'udp'));
  if (literal !== undefined) {
    const address = hostAddress(literal.address);
    if (address === undefined)
      return { kind: 'bad', wrong: 'names no single host', want: TARGET_WANT };
    const hop = { address, port: literal.port, transport: transport ?? 'udp' };
    return { kind: 'good', destination: { kind: 'address', hop } };
  }
  const [, host = '', digits] = /^([^:]+)(?::([0-9]{1,5}))?$/.exec(hostPort) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && !isPort(port))
    return { kind: 'bad', wrong: `has port ${digits}`, want: 'write one from 1 to 65535' };
  if (isHostName(host))
    return { kind: 'good', destination: { kind: 'name', host, port, transport } };
  if (host.endsWith('.') && isHostName(host.slice(0, -1)))
    return {
      kind: 'bad',
      wrong: 'ends in a dot',
      want: 'write it without; every name is a whole one',
    };
  const wrong = 'has neither an address nor a host name';
  return { kind: 'bad', wrong, want: TARGET_WANT };
}

function readHostPort(hostPort: string, otherwise: number): Address | undefined {
  const [, bracketed, plain = '', digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::([0-9]{1,5}))?$/.exec(hostPort) ?? [];
  const port = digits === undefined ? otherwise : Number(digits);
  const isLiteral = bracketed === undefined ? isIPv4(plain) : isIPv6(bracketed);
  return isLiteral && isPort(port) ? { address: bracketed ?? plain, port } : undefined;
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}

const NAME_SERVER_WANT = 'write 10.0.0.53 or [2001:db8::53], with :PORT unless that is 53';

export const NAME_SERVER: Format<string> = text('name server', NAME_SERVER_WANT, (value) =>
  nameServer(value) === undefined
    ? bad(value, 'is not the address of a name server', NAME_SERVER_WANT)
    : good(value),
);

/** Takes `10.0.0.53` or `10.0.0.53:5353` apart; absent for anything else. */
export function nameServer(value: string): Address | undefined {
  const found = readHostPort(value, DNS_PORT);
  return found === undefined ? undefined : ofOneHost(found);
}

/** Where an rtpengine is asked; its port has no default that everybody keeps. */
export const NG: Format<Address> = hostAndPort('ng address', '10.0.0.12:2223');

/** Where a peer is met. */
export const LINK: Format<Address> = hostAndPort('link address', '10.9.0.12:7112');

/** The own one, as it is written. */
export const LINK_LISTEN: Format<string> = {
  ...LINK,
  name: 'own link address',
  read(value) {
    const reading = LINK.read(value);
    return reading.kind === 'good' ? good(String(value)) : reading;
  },
};

/** Absent: it is none. */
export function linkAddress(value: string): Address | undefined {
  const reading = LINK.read(value);
  return reading.kind === 'good' ? reading.value : undefined;
}

function hostAndPort(name: string, example: string): Format<Address> {
  const want = `write "HOST:PORT", such as "${example}"`;
  return text(name, want, (value) => {
    const found = readHostPort(value, 0);
    const one = found === undefined ? undefined : ofOneHost(found);
    return one === undefined
      ? bad(value, 'is not the address and port of one host', want)
      : good(one);
  });
}

function ofOneHost({ address: written, port }: Address): Address | undefined {
  const address = hostAddress(written);
  return address === undefined ? undefined : { address, port };
}

const LISTEN_WANT = 'write "HOST:PORT", such as "127.0.0.1:8112"';

/** Where the admin port listens; unlike SIP it may be the wildcard. */
export const ADMIN_LISTEN: Format<string> = text('host and port', LISTEN_WANT, (value) =>
  adminAddress(value) === undefined
    ? bad(value, 'is not an address with a port', LISTEN_WANT)
    : good(value),
);

/** Takes `127.0.0.1:8112`, `localhost:8112` and `[::1]:8112` apart; absent for anything else. */
export function adminAddress(value: string): Address | undefined {
  // A port has to be written: 0 is none.
  return readHostPort(value.replace(/^localhost:/, '127.0.0.1:'), 0);
}

const RANGE_WANT = 'write a range such as 203.0.113.0/24 or 2001:db8::/32, or one address';

/** Source addresses of a trunk. Bits beyond the prefix are refused: one of the two is a slip. */
export const SOURCE_RANGE: Format<string> = text('source range', RANGE_WANT, (value) => {
  const [address = '', prefix, ...more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0 || /[%.].*:|:.*[%.]/.test(address))
    return bad(value, 'is not a range of addresses', RANGE_WANT);
  if (prefix === undefined) return good(value);
  const bitsMax = family === 4 ? 32 : 128;
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(prefix) || Number(prefix) > bitsMax)
    return bad(value, `has no prefix from 0 to ${bitsMax}`, RANGE_WANT);
  const first = firstOf(address, Number(prefix));
  const whole = family === 4 ? address : firstV6(address, bitsMax);
  if (first === whole) return good(value);
  return bad(
    value,
    'has bits set beyond its prefix',
    `write ${first}/${prefix} for the range, or ${address} for the one host`,
  );
});

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === 'localhost' || sameHost(address, '::1');
}

function singleHost(written: string): Reading<string> {
  const address = hostAddress(written);
  if (address !== undefined) return good(address);
  return bad(
    written,
    `is ${whatElse(written)}, not the address of one host`,
    'write one address of this host',
  );
}

function whatElse(address: string): string {
  if (isIPv4(address)) return address.startsWith('0.') ? 'a wildcard' : 'multicast or reserved';
  if (/^fe[89ab]/i.test(address)) return 'link-local';
  if (/^ff/i.test(address)) return 'a multicast address';
  return /^[0:]+$/.test(address) ? 'a wildcard' : 'an IPv4 address within IPv6';
}

function noAddress(value: string): [wrong: string, want: string] {
  if (/^[0-9.]+:[0-9]+$|^\[.*\]:[0-9]+$/.test(value))
    return ['holds a port', 'write the address alone and the port under "port"'];
  if (/^\[.*\]$/.test(value)) return ['stands in brackets', 'write the address without them'];
  return ['is not an address', 'write one such as 198.51.100.11 or 2001:db8::11'];
}

/** A last label of digits alone would be an address with a slip in it. */
function isHostName(value: string): boolean {
  const labels = value.split('.');
  const isLabel = (label: string) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label);
  return value.length <= 253 && labels.every(isLabel) && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

function firstOf(address: string, prefix: number): string | undefined {
  if (isIPv6(address)) return firstV6(address, prefix);
  const bits = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - prefix);
  const first = bits - (bits % size);
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}
