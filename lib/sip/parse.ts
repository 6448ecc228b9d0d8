import { type Octets, octetsOf } from '../base/brands.ts';
import { type HeaderBlock, readHeaderBlock } from './header-block.ts';
import { headerValue } from './headers.ts';
import { sipCallId } from './ids.ts';
import type { CSeq, FaultReason, Header, Oddity, Parsed, SipFault, Via } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { readStartLine, type StartLine } from './start-line.ts';
import { readVia } from './via.ts';

/** The largest datagram. */
export const MESSAGE_BYTES_MAX = 65_535;

/** Requests whose CSeq method is passed over: losing one would lose or hang a call. */
const CALL_METHODS: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE']);

/**
 * Reads a datagram and never throws: what can be lived with is an oddity, what cannot is a fault
 * with as much as is needed to say 400. [3261-18.3]
 */
export function parse(bytes: Buffer): Parsed {
  if (bytes.length > MESSAGE_BYTES_MAX) return nothing('too-large');
  const text = octetsOf(bytes);
  const at = startOf(text);
  if (at === text.length) return nothing('empty');
  const newline = text.indexOf('\n', at);
  const end = newline < 0 ? text.length : newline;
  const start = readStartLine(text.slice(at, text.charCodeAt(end - 1) === 0x0d ? end - 1 : end));
  return assemble(text, start, readHeaderBlock(text, end + 1));
}

/** Keep-alives are line breaks or NULs, and line breaks may precede a message. [3261-7.5] */
function startOf(text: string): number {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

function nothing(reason: FaultReason): SipFault {
  return {
    kind: 'fault',
    reason,
    method: undefined,
    isResponse: false,
    headers: [],
    via: undefined,
  };
}

function assemble(text: Octets, start: StartLine, block: HeaderBlock): Parsed {
  const { headers, oddities } = block;
  const topVia = headerValue(headers, 'via');
  const reading = topVia === undefined ? undefined : readVia(topVia);
  const fail = (reason: FaultReason) => fault(reason, start, headers, reading?.via);
  if (start.kind === 'unusable') return fail(start.why);
  if (block.tooMany) return fail('too-many-headers');
  if (reading === undefined) return fail(topVia === undefined ? 'no-via' : 'bad-via');
  const from = nameAddrOf(headers, 'from');
  if (typeof from === 'string') return fail(from === 'missing' ? 'no-from' : 'bad-from');
  const to = nameAddrOf(headers, 'to');
  if (typeof to === 'string') return fail(to === 'missing' ? 'no-to' : 'bad-to');
  const callId = headerValue(headers, 'call-id');
  if (callId === undefined || callId === '') return fail('no-call-id');
  const cseqText = headerValue(headers, 'cseq');
  if (cseqText === undefined) return fail('no-cseq');
  const cseq = readCSeq(cseqText, start, oddities);
  if (cseq === undefined) return fail('bad-cseq');
  const body = readBody(text, block.bodyAt, headerValue(headers, 'content-length'), oddities);
  if (body === undefined) return fail('truncated');
  if (start.odd) oddities.push('start-line');
  if (reading.odd) oddities.push('via-parameter');
  const common = {
    headers,
    body,
    via: reading.via,
    from,
    to,
    callId: sipCallId(callId),
    cseq,
    oddities,
  };
  return start.kind === 'request'
    ? { kind: 'request', method: start.method, uri: start.uri, ...common }
    : { kind: 'response', status: start.status, reason: start.reason, ...common };
}

function fault(
  reason: FaultReason,
  start: StartLine,
  headers: readonly Header[],
  via: Via | undefined,
): SipFault {
  const isResponse = start.kind === 'unusable' ? start.isResponse : start.kind === 'response';
  const method = start.kind === 'response' ? 'response' : start.method;
  return { kind: 'fault', reason, method, isResponse, headers, via };
}

function nameAddrOf(headers: readonly Header[], name: 'from' | 'to') {
  const value = headerValue(headers, name);
  return value === undefined ? 'missing' : (parseNameAddr(value) ?? 'unusable');
}

/** The start line says the method; a CSeq that disagrees costs no call. [3261-8.1.1.5] */
function readCSeq(text: string, start: StartLine, oddities: Oddity[]): CSeq | undefined {
  const match = /^(\d+)\s*(.*)$/s.exec(text);
  const number = Number(match?.[1] ?? Number.NaN);
  const method = match?.[2] ?? '';
  if (!Number.isSafeInteger(number)) return undefined;
  if (start.kind !== 'request') return method === '' ? undefined : { number, method };
  if (method === start.method) return { number, method };
  if (!CALL_METHODS.has(start.method)) return undefined;
  oddities.push('cseq-method');
  return { number, method: method === '' ? start.method : method };
}

/** Without a usable Content-Length the body reaches to the end of the datagram. [3261-18.3] */
function readBody(
  text: Octets,
  at: number,
  length: string | undefined,
  oddities: Oddity[],
): Octets | undefined {
  const rest = text.slice(at) as Octets;
  if (length === undefined) return rest;
  if (!/^\d+$/.test(length)) {
    oddities.push('content-length');
    return rest;
  }
  const bytes = Number(length);
  if (bytes > rest.length) return undefined;
  if (bytes === rest.length) return rest;
  oddities.push('trailing-bytes');
  return rest.slice(0, bytes) as Octets;
}
