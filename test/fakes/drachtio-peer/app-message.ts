import { NO_OCTETS, type Octets } from '../../../lib/base/brands.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { header, isToken } from '../../../lib/sip/header-names.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import type { Header } from '../../../lib/sip/message.ts';

/** A message of an application: the words of its first line, and what of SIP follows. */
export type AppMessage = {
  /** Its id, its kind, and what the kind asks for. */
  readonly words: readonly string[];
  readonly startLine: string;
  readonly head: string;
  readonly body: Octets;
};

/** The server copies them into arrays of these sizes and says nothing of what does not fit. */
const START_BYTES_MAX = 512;
const HEAD_BYTES_MAX = 8400;

const BREAK = '\r\n';

export function readAppMessage(text: Octets): AppMessage {
  const [meta, sip] = cutAt(text, BREAK);
  const [top, body] = cutAt(sip, BREAK + BREAK);
  const [startLine, head] = cutAt(top, BREAK);
  return {
    words: meta.split('|'),
    startLine: asCString(startLine, START_BYTES_MAX),
    head: asCString(head, HEAD_BYTES_MAX),
    body: asCString(body) as Octets,
  };
}

function cutAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, NO_OCTETS] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** A NUL ends a string there, wherever it stands. */
function asCString(text: string, max = text.length): string {
  const cut = text.slice(0, max);
  const nul = cut.indexOf('\0');
  return nul < 0 ? cut : cut.slice(0, nul);
}

/** What an application may not set: the server drops it without a word. */
const IMMUTABLE: ReadonlySet<string> = new Set([
  'via',
  'route',
  'rseq',
  'record-route',
  'content-length',
]);

/** Those in which `@localhost` stands for the server's own address. */
const LOCALIZED: ReadonlySet<string> = new Set(['from', 'to', 'contact', 'p-asserted-identity']);

/** The headers of an application's message as the server takes them. */
export function appHeaders(head: string, own: Address): readonly Header[] {
  return head.split(BREAK).flatMap((line) => {
    const colon = line.indexOf(':');
    const written = line.slice(0, Math.max(colon, 0)).trim();
    if (!isToken(written)) return [];
    const { name, value } = header(written, line.slice(colon + 1).trim());
    if (IMMUTABLE.has(name)) return [];
    return [{ name, written: capitals(written), value: localized(name, value, own) }];
  });
}

/** `call-id` goes out as `Call-Id`, `X-any-thing` as it is. */
function capitals(written: string): string {
  if (/^x-/i.test(written)) return written;
  return written.replaceAll(
    /(^|-)([a-z])/g,
    (_, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`,
  );
}

function localized(name: string, value: string, { address, port }: Address): string {
  if (!LOCALIZED.has(name) || !value.includes('@localhost')) return value;
  return value.replace(/@localhost(?::\d+)?/, `@${address}:${port}`);
}

/** The type of a body; only an SDP one is guessed. Undefined: it may not be sent so. */
export function contentType(
  headers: readonly Header[],
  body: Octets,
): readonly Header[] | undefined {
  if (body === '' || headerValue(headers, 'content-type') !== undefined) return [];
  return body.startsWith('v=0') ? [header('Content-Type', 'application/sdp')] : undefined;
}
