import { NO_OCTETS, type Octets, octetsOfText } from '../../base/brands.ts';
import { textOf } from '../../base/octet-text.ts';
import type { Content } from '../../ports/sip-engine.ts';
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

/** Headers of which the server keeps one line; of others it keeps each, in their order. */
const ONE_LINE: ReadonlySet<string> = new Set([
  'content-disposition',
  'content-type',
  'date',
  'event',
  'expires',
  'in-reply-to',
  'mime-version',
  'organization',
  'path',
  'priority',
  'privacy',
  'refer-to',
  'referred-by',
  'replaces',
  'reply-to',
  'retry-after',
  'server',
  'subject',
  'subscription-state',
  'timestamp',
  'user-agent',
]);

/** Where drachtio-server writes its own address for a host that is called localhost. */
const REWRITTEN: ReadonlySet<string> = new Set(['from', 'to', 'contact', 'p-asserted-identity']);

/**
 * Why drachtio-server would not pass on what is to be said as it is; undefined: it will. It reads
 * text that ends at the first NUL.
 */
export function unspeakable(headers: readonly Header[], body: Octets): string | undefined {
  if (sizeOf(headers, body) > MESSAGE_BYTES_MAX) return `it is over ${MESSAGE_BYTES_MAX} bytes`;
  if (body.includes('\0')) return 'the body holds a NUL';
  if (!isText(body)) return 'the body is not UTF-8';
  const seen = new Set<string>();
  let isTyped = body === '';
  for (const { name, value } of headers) {
    if (!isText(value)) return `${name} is not UTF-8`;
    if (seen.has(name) && ONE_LINE.has(name)) return `${name} stands more than once`;
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

/**
 * Puts headers and body into the library's words. It says a value as it stands, so that a break in
 * one begins another line. [3261-7.3.1]
 */
export function spoken(headers: readonly Header[], body: Octets): SrfContent {
  const said: SrfHeaders = {};
  const names = new Map<string, string>();
  for (const { name, written, value } of headers) {
    // The server knows no compact forms in what an application says.
    const as = names.get(name) ?? (written.length === 1 ? name : written);
    const before = said[as];
    names.set(name, as);
    said[as] = before === undefined ? textOf(value) : `${before}\r\n${as}: ${textOf(value)}`;
  }
  return body === '' ? { headers: said } : { headers: said, body: textOf(body) };
}

/** What a message of the far end says; undefined: it is unreadable. */
export function heard({ raw }: SrfMessage): SipMessage | undefined {
  const parsed = parse(Buffer.from(raw ?? '', 'utf8'));
  return parsed.kind === 'fault' ? undefined : parsed;
}

/** Whether the server made it up for want of a response: it comes from nowhere. */
export function isMadeUp({ source_address }: SrfMessage): boolean {
  return source_address === '';
}

/** What of a message may cross to the other leg. */
export function contentOf(message: SrfMessage): Content {
  const { headers, body } = heard(message) ?? { headers: [], body: NO_OCTETS };
  return { headers, body };
}
