import { isIPv4, isIPv6 } from 'node:net';
import type { Address } from '../lib/sip/address.ts';
import { type UriText, uriText } from '../lib/sip/ids.ts';
import { bad, type Format, good, oneOf, type Reading, text } from './formats.ts';

export const SIP_PORT = 5060;

/** Refuses what names no single host: a wildcard socket answers from the wrong address. */
export const HOST_ADDRESS: Format<string> = text(
  'host address',
  'write an IPv4 address such as 198.51.100.11',
  (value) => (isIPv4(value) ? singleHost(value) : bad(value, ...notIpv4(value))),
);

const TRANSPORT_WORD = oneOf('transport', ['udp', 'tcp']);

export const TRANSPORT: Format<'udp' | 'tcp'> = {
  ...TRANSPORT_WORD,
  read(value) {
    if (value === 'tls') return bad(value, 'is not built into this release', 'write udp or tcp');
    return TRANSPORT_WORD.read(value);
  },
};

/** What stands in Contact in place of the address: another address, or a name callers resolve. */
export const ADVERTISE: Format<string> = text(
  'advertised host',
  'write a host name such as sto.any.example, or an IPv4 address',
  (value) => {
    if (isIPv4(value)) return singleHost(value);
    if (isHostName(value)) return good(value.toLowerCase());
    return bad(
      value,
      'is neither a host name nor an IPv4 address',
      'write the host alone, such as sto.any.example',
    );
  },
);

export type Target = {
  readonly uri: UriText;
  readonly address: Address;
  readonly transport: 'udp' | 'tcp';
};

const TARGET_WANT = 'write "sip:ADDRESS" or "sip:ADDRESS:PORT", such as "sip:10.0.1.31:5060"';

/** The URI of a next hop. A user in it is asked for in place of the one that was dialled. */
export const TARGET: Format<Target> = text('gateway URI', TARGET_WANT, (value) => {
  const [, scheme = '', user = '', hostPort = '', tail = ''] = URI_PARTS.exec(value) ?? [];
  if (scheme.toLowerCase() === 'sips')
    return bad(value, 'asks for TLS, which is not built into this release', TARGET_WANT);
  if (scheme.toLowerCase() !== 'sip')
    return bad(value, 'is not a SIP URI with an IPv4 address', TARGET_WANT);
  if (!USER_PART.test(user))
    return bad(value, 'names a user that is not plain', 'write digits or a name before the @');
  const address = readHostPort(hostPort);
  if (address === undefined) {
    if (isHostName(hostPort.replace(/:[0-9]+$/, '')))
      return bad(value, 'names a host that would have to be looked up', TARGET_WANT);
    return bad(value, 'is not a SIP URI with an IPv4 address', TARGET_WANT);
  }
  if (/;transport=tls/i.test(tail))
    return bad(value, 'asks for a transport that is not built into this release', TARGET_WANT);
  const transport = TRANSPORT_OF[tail.toLowerCase()];
  if (transport === undefined)
    return bad(value, `carries ${tail}, which is not understood`, TARGET_WANT);
  const host = singleHost(address.address);
  if (host.kind === 'bad') return bad(value, 'names no single host', TARGET_WANT);
  const uri = uriText(`sip:${user}${hostPort}${tail.toLowerCase()}`);
  return good({ uri, address, transport });
});

/** What may follow the address of a gateway. */
const TRANSPORT_OF: Readonly<Record<string, Target['transport']>> = {
  '': 'udp',
  ';transport=udp': 'udp',
  ';transport=tcp': 'tcp',
};
const USER_PART = /^(?:[A-Za-z0-9_.!~*'()&=+$,-]{1,128}@)?$/;
const URI_PARTS = /^(sips?):([^@]*@)?([^;?@]*)([;?].*)?$/i;

function readHostPort(hostPort: string): Address | undefined {
  const [, address = '', port] = /^([0-9.]+)(?::([0-9]{1,5}))?$/.exec(hostPort) ?? [];
  if (!isIPv4(address)) return undefined;
  const number = port === undefined ? SIP_PORT : Number(port);
  return number >= 1 && number <= 65_535 ? { address, port: number } : undefined;
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
  const [, bracketed, plain = '', port = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(value) ?? [];
  const number = Number(port);
  if (number < 1 || number > 65_535) return undefined;
  const address = bracketed ?? (plain === 'localhost' ? '127.0.0.1' : plain);
  const isLiteral = bracketed === undefined ? isIPv4(address) : isIPv6(address);
  return isLiteral ? { address, port: number } : undefined;
}

const RANGE_WANT = 'write a range such as 203.0.113.0/24, or one IPv4 address';

/** Source addresses of a trunk. Bits beyond the prefix are refused: one of the two is a slip. */
export const SOURCE_RANGE: Format<string> = text('source range', RANGE_WANT, (value) => {
  const [address = '', prefix, ...more] = value.split('/');
  if (!isIPv4(address) || more.length > 0) return bad(value, 'is not an IPv4 range', RANGE_WANT);
  if (prefix === undefined) return good(value);
  if (!/^(?:[0-9]|[12][0-9]|3[0-2])$/.test(prefix))
    return bad(value, 'has no prefix from 0 to 32', RANGE_WANT);
  const first = firstOf(address, Number(prefix));
  if (first === address) return good(value);
  return bad(
    value,
    'has bits set beyond its prefix',
    `write ${first}/${prefix} for the range, or ${address} for the one host`,
  );
});

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === 'localhost';
}

function singleHost(address: string): Reading<string> {
  const first = Number(address.split('.', 1)[0]);
  if (first >= 1 && first <= 223) return good(address);
  const what = first === 0 ? 'a wildcard' : 'a multicast or reserved address';
  return bad(address, `is ${what}, not the address of one host`, 'write one address of this host');
}

function notIpv4(value: string): [wrong: string, want: string] {
  if (isIPv6(value))
    return ['is IPv6, which is not built into this release', 'write an IPv4 address'];
  if (/^[0-9.]+:[0-9]+$/.test(value))
    return ['holds a port', 'write the address alone and the port under "port"'];
  return ['is not an IPv4 address', 'write one such as 198.51.100.11'];
}

/** A last label of digits alone would be an address with a slip in it. */
function isHostName(value: string): boolean {
  const labels = value.split('.');
  const isLabel = (label: string) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label);
  return value.length <= 253 && labels.every(isLabel) && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

function firstOf(address: string, prefix: number): string {
  const bits = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - prefix);
  const first = bits - (bits % size);
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}
