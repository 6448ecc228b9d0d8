import { type Octets, octetsOfText } from '../base/brands.ts';
import type { Header } from './message.ts';

export type OutgoingRequest = {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

export type OutgoingResponse = {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

export function writeRequest({ method, uri, headers, body }: OutgoingRequest): Buffer {
  return write(`${method} ${uri} SIP/2.0`, headers, body);
}

export function writeResponse({ status, reason, headers, body }: OutgoingResponse): Buffer {
  return write(`SIP/2.0 ${status} ${reason}`, headers, body);
}

/** Content-Length is always ours: a received one may be wrong, or there twice. [3261-20.14] */
function write(startLine: string, headers: readonly Header[], body: Octets): Buffer {
  let head = `${oneLine(startLine, '')}\r\n`;
  for (const { name, written, value } of headers) {
    if (name !== 'content-length') head += `${oneLine(written, '')}: ${oneLine(value, ' ')}\r\n`;
  }
  return Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
}

/**
 * A line break in a value would begin a header of the sender's choice. [3261-7.3.1] In a value a
 * space takes its place: what it held apart stays apart.
 */
function oneLine(line: string, instead: '' | ' '): string {
  if (!UNSAFE.test(line)) return line;
  // Beyond 255 only the low byte would be sent, and that of U+010A is a line feed.
  const octets = WIDE.test(line) ? octetsOfText(line) : line;
  return octets.replaceAll(BREAKS, instead);
}

const UNSAFE = /[\0\r\n\u0100-\uffff]/;
const WIDE = /[\u0100-\uffff]/;
const BREAKS = /[\0\r\n]/g;
