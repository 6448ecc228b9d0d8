import { BoundedMap } from '../base/bounded-map.ts';
import { detached } from '../base/detached.ts';
import type { Header } from './message.ts';

/** Spellings of names nobody registered, and odd spellings of registered ones. */
const SPELLINGS_MAX = 1024;
/** A longer name is understood but not remembered. */
const REMEMBERED_LENGTH_MAX = 64;

export type HeaderName = {
  /** Lower case and long form. */
  readonly name: string;
  readonly written: string;
  /** A bit of its own for a header of which a second one must not cross; 0 for all others. */
  readonly single: number;
};

/** Lower case, and the long form of a compact one. [3261-7.3.1] [3261-7.3.3] */
export function canonicalName(written: string): string {
  return headerName(written)?.name ?? longForm(written.toLowerCase());
}

export function header(written: string, value: string): Header {
  return { name: canonicalName(written), written, value };
}

/** The name in both forms; absent when it is no token, as with a space inside. [3261-25.1] */
export function headerName(written: string): HeaderName | undefined {
  const known = REGISTERED.get(written) ?? spellings.get(written);
  if (known !== undefined) return known;
  if (!isToken(written)) return undefined;
  if (written.length > REMEMBERED_LENGTH_MAX) return nameFor(written);
  const copy = detached(written);
  const learned = nameFor(copy);
  spellings.set(copy, learned);
  return learned;
}

function nameFor(written: string): HeaderName {
  const name = longForm(written.toLowerCase());
  const index = SINGLE.indexOf(name);
  return { name, written, single: index < 0 ? 0 : 1 << index };
}

function longForm(lower: string): string {
  return (lower.length === 1 ? COMPACT.get(lower) : undefined) ?? lower;
}

export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (TOKEN_CODES[text.charCodeAt(at)] !== 1) return false;
  }
  return text.length > 0;
}

const TOKEN_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~";
const TOKEN_CODES = new Uint8Array(256);
for (const character of TOKEN_CHARACTERS) TOKEN_CODES[character.charCodeAt(0)] = 1;

const spellings = new BoundedMap<string, HeaderName>(SPELLINGS_MAX);

/** Every compact form that IANA has registered. */
const COMPACT: ReadonlyMap<string, string> = new Map([
  ['a', 'accept-contact'],
  ['b', 'referred-by'],
  ['c', 'content-type'],
  ['d', 'request-disposition'],
  ['e', 'content-encoding'],
  ['f', 'from'],
  ['i', 'call-id'],
  ['j', 'reject-contact'],
  ['k', 'supported'],
  ['l', 'content-length'],
  ['m', 'contact'],
  ['n', 'identity-info'],
  ['o', 'event'],
  ['r', 'refer-to'],
  ['s', 'subject'],
  ['t', 'to'],
  ['u', 'allow-events'],
  ['v', 'via'],
  ['x', 'session-expires'],
  ['y', 'identity'],
]);

/** The usual spelling of the names that most messages carry; the others are learned. */
const USUAL =
  'Via From To Call-ID CSeq Contact Max-Forwards Route Record-Route Path ' +
  'Content-Length Content-Type Content-Disposition Content-Encoding Content-ID MIME-Version ' +
  'Accept Accept-Encoding Accept-Language Allow Allow-Events Event Recv-Info Info-Package ' +
  'Supported Require Proxy-Require Unsupported RSeq RAck User-Agent Server Organization ' +
  'Date Timestamp Subject Priority Expires Min-Expires Session-Expires Min-SE Retry-After ' +
  'Authorization Proxy-Authorization WWW-Authenticate Proxy-Authenticate Reason Warning ' +
  'P-Asserted-Identity P-Preferred-Identity Remote-Party-ID Privacy Identity ' +
  'P-Access-Network-Info P-Charging-Vector Geolocation Geolocation-Routing Call-Info ' +
  'Resource-Priority Alert-Info History-Info Diversion Replaces Join Target-Dialog ' +
  'Refer-To Referred-By Subscription-State Feature-Caps Session-ID';

/** A strict receiver refuses a message in which one of these stands twice. [3261-7.3.1] */
const SINGLE = ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'content-type'];

const REGISTERED: ReadonlyMap<string, HeaderName> = new Map(
  [...USUAL.split(' '), ...COMPACT.keys()].map((written) => [written, nameFor(written)]),
);
