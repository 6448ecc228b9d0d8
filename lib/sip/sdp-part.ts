import { NO_OCTETS, type Octets } from '../base/brands.ts';
import { readHeaderBlock } from './header-block.ts';
import { headerValue } from './headers.ts';
import type { Header } from './message.ts';
import { paramValue, readParams } from './params.ts';

/** Where in a body the SDP stands, so that it can be replaced and nothing else moves. */
export type SdpPart = { readonly at: number; readonly end: number };

/** Multiparts within multiparts that are looked into. */
const DEPTH_MAX = 3;

/** The SDP of a message: its body, or a part of a multipart; undefined: none. [5621-3.1] */
export function sdpPartOf(headers: readonly Header[], body: Octets): SdpPart | undefined {
  if (body === '') return undefined;
  return partIn(headers, body, { at: 0, end: body.length }, DEPTH_MAX);
}

export function sdpIn(body: Octets, { at, end }: SdpPart): Octets {
  return body.slice(at, end) as Octets;
}

export function withSdp(body: Octets, { at, end }: SdpPart, sdp: Octets): Octets {
  return `${body.slice(0, at)}${sdp}${body.slice(end)}` as Octets;
}

/** What else a body has than its SDP; nothing, if that is its only part. [2046-5.1.1] */
export function withoutPart(body: Octets, { at, end }: SdpPart): Octets {
  // Its delimiter is the last line before it that begins like one.
  const before = body.lastIndexOf('\r\n--', at);
  const delimiter = before < 0 ? 0 : before + 2;
  const left = `${body.slice(0, delimiter)}${body.slice(end + 2)}`;
  const hasPart = end < body.length && left.includes('\r\n\r\n');
  return hasPart ? (left as Octets) : NO_OCTETS;
}

function partIn(
  headers: readonly Header[],
  body: string,
  content: SdpPart,
  depth: number,
): SdpPart | undefined {
  const value = headerValue(headers, 'content-type') ?? '';
  const params = readParams(value, 0);
  const type = value.slice(0, params.at).trim().toLowerCase();
  if (type === 'application/sdp') return isEncoded(headers) ? undefined : content;
  const boundary = paramValue(params.list, 'boundary')?.replace(/^"(.*)"$/s, '$1');
  if (!type.startsWith('multipart/') || boundary === undefined || depth === 0) return undefined;
  for (const { at, end } of partsOf(body, content, `--${boundary}`)) {
    const head = readHeaderBlock(body.slice(at, end), 0);
    const found = partIn(head.headers, body, { at: at + head.bodyAt, end }, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isEncoded(headers: readonly Header[]): boolean {
  const value = headerValue(headers, 'content-encoding') ?? 'identity';
  return value.toLowerCase() !== 'identity';
}

/** What stands between delimiters; the line break before one belongs to it. [2046-5.1.1] */
function partsOf(body: string, { at, end }: SdpPart, delimiter: string): readonly SdpPart[] {
  const parts: SdpPart[] = [];
  let from = body.startsWith(delimiter, at) ? at : body.indexOf(`\r\n${delimiter}`, at) + 2;
  while (from > 1 || from === at) {
    const line = body.indexOf('\r\n', from);
    const next = body.indexOf(`\r\n${delimiter}`, line);
    const isLast = body.startsWith('--', from + delimiter.length);
    if (isLast || line < 0 || next < 0 || next > end) break;
    parts.push({ at: line + 2, end: next });
    from = next + 2;
  }
  return parts;
}
