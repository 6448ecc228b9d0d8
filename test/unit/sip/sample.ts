import type { SipFault, SipRequest, SipResponse } from '../../../lib/sip/message.ts';
import { parse } from '../../../lib/sip/parse.ts';

/** The base message of the leniency corpus, line by line; each test changes what it is about. */
export const BASE: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKbase',
  'Max-Forwards': '70',
  From: '<sip:+46701234567@op.example>;tag=1',
  To: '<urn:service:sos>',
  'Call-ID': 'base@192.0.2.1',
  CSeq: '1 INVITE',
  Contact: '<sip:a@192.0.2.1:5060>',
  'Content-Length': '0',
};

/** A response to an INVITE of ours, sent from behind a NAT. */
export const RESPONSE = [
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.7;rport=1024',
  'From: <sip:a@x>;tag=1',
  'To: <sip:b@y>;tag=2',
  'Call-ID: c@x',
  'CSeq: 7 INVITE',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

export type Change = {
  readonly startLine?: string;
  /** Replaces a value; undefined takes the header out. */
  readonly set?: Readonly<Record<string, string | undefined>>;
  /** Whole lines, put before Content-Length. */
  readonly lines?: readonly string[];
  readonly body?: string;
};

export function inviteText({ startLine, set = {}, lines = [], body = '' }: Change = {}): string {
  const values = { ...BASE, 'Content-Length': String(body.length), ...set };
  const written = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  const length = written.findIndex((line) => line.startsWith('Content-Length'));
  written.splice(length < 0 ? written.length : length, 0, ...lines);
  return [startLine ?? 'INVITE urn:service:sos SIP/2.0', ...written, '', body].join('\r\n');
}

export function invite(change: Change = {}): Buffer {
  return Buffer.from(inviteText(change), 'latin1');
}

export function asRequest(bytes: Buffer | string): SipRequest {
  const parsed = parse(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  if (parsed.kind !== 'request') throw new Error(`no request: ${JSON.stringify(parsed)}`);
  return parsed;
}

export function asResponse(bytes: Buffer | string): SipResponse {
  const parsed = parse(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  if (parsed.kind !== 'response') throw new Error(`no response: ${JSON.stringify(parsed)}`);
  return parsed;
}

export function asFault(bytes: Buffer | string): SipFault {
  const parsed = parse(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  if (parsed.kind !== 'fault') throw new Error(`no fault: ${JSON.stringify(parsed)}`);
  return parsed;
}
