import { type Octets, octetsOfText } from '../../base/brands.ts';
import { textOf } from '../../base/octet-text.ts';
import type { UriText } from '../../sip/ids.ts';
import type { Header, SipMessage } from '../../sip/message.ts';
import { parse } from '../../sip/parse.ts';
import { parseUri } from '../../sip/uri.ts';
import type { SrfContent, SrfHeaders, SrfMessage } from './srf.ts';

/**
 * More than this can tear the reassembly of drachtio-server apart: its buffer of 12,228 bytes is
 * filled by reads of 8,192.
 */
export const MESSAGE_BYTES_MAX = 4000;
/** Start line, what the library adds, and the frame. */
const AROUND_BYTES = 300;
/** What the server keeps of a start line, less method, version and next hop. */
const URI_BYTES_MAX = 400;

/** Headers that are lists by their grammar, so that several lines may become one. [3261-7.3.1] */
const LISTS: ReadonlySet<string> = new Set([
  'accept',
  'accept-contact',
  'accept-encoding',
  'accept-language',
  'alert-info',
  'allow-events',
  'call-info',
  'content-encoding',
  'content-language',
  'diversion',
  'error-info',
  'feature-caps',
  'geolocation',
  'history-info',
  'in-reply-to',
  'p-access-network-info',
  'p-asserted-identity',
  'p-preferred-identity',
  'p-visited-network-id',
  'reason',
  'reject-contact',
  'request-disposition',
  'resource-priority',
  'security-client',
  'security-server',
  'security-verify',
  'unsupported',
  'warning',
]);

/** Where drachtio-server writes its own address for a host that is called localhost. */
const REWRITTEN: ReadonlySet<string> = new Set(['from', 'to', 'contact', 'p-asserted-identity']);

/**
 * Why drachtio-server would not pass on what is to be said as it is; undefined: it will. It reads
 * text that ends at the first NUL, by a header a name.
 */
export function unspeakable(headers: readonly Header[], body: Octets): string | undefined {
  if (sizeOf(headers, body) > MESSAGE_BYTES_MAX) return `it is over ${MESSAGE_BYTES_MAX} bytes`;
  if (body.includes('\0')) return 'the body holds a NUL';
  if (!isText(body)) return 'the body is not UTF-8';
  const seen = new Set<string>();
  let isTyped = body === '';
  for (const { name, value } of headers) {
    if (!isText(value)) return `${name} is not UTF-8`;
    if (seen.has(name) && !LISTS.has(name)) return `${name} stands more than once`;
    if (REWRITTEN.has(name) && value.includes('@localhost')) return `${name} names localhost`;
    if (name === 'content-type') isTyped = true;
    seen.add(name);
  }
  return isTyped ? undefined : 'the body has no Content-Type';
}

/** Why drachtio-server would not take a Request-URI: a tel URI is even the end of it. */
export function unaskable(uri: UriText): string | undefined {
  const parsed = parseUri(uri);
  if (parsed.kind !== 'sip' || parsed.host === '') return 'the Request-URI is no SIP URI';
  return uri.length > URI_BYTES_MAX ? 'the Request-URI is too long' : undefined;
}

function sizeOf(headers: readonly Header[], body: Octets): number {
  const lines = headers.reduce((sum, { written, value }) => sum + written.length + value.length, 0);
  return AROUND_BYTES + lines + headers.length * 4 + body.length;
}

function isText(octets: string): boolean {
  return octetsOfText(textOf(octets)) === octets;
}

/** Puts headers and body into the library's words. */
export function spoken(headers: readonly Header[], body: Octets): SrfContent {
  const said: SrfHeaders = {};
  for (const { name, written, value } of headers) {
    // The server knows no compact forms in what an application says.
    const as = written.length === 1 ? name : (Object.keys(said).find(isSame(name)) ?? written);
    const before = said[as];
    said[as] = before === undefined ? textOf(value) : `${before}, ${textOf(value)}`;
  }
  return body === '' ? { headers: said } : { headers: said, body: textOf(body) };
}

const isSame = (name: string) => (written: string) => written.toLowerCase() === name;

/** What a message of the far end says; undefined: it is unreadable. */
export function heard({ raw }: SrfMessage): SipMessage | undefined {
  const parsed = parse(Buffer.from(raw ?? '', 'utf8'));
  return parsed.kind === 'fault' ? undefined : parsed;
}
