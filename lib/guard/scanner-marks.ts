import { headerValue } from '../sip/headers.ts';
import type { SipRequest } from '../sip/message.ts';

export type ScannerMark = 'scanner-agent' | 'scanner-from' | 'scanner-target';

/** Parts of the names that scanning programs give themselves, in small letters. */
const AGENTS: readonly string[] = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sundayddr',
  'sip-scan',
  'sipscan',
  'sipsak',
  'sipcli',
  'smap',
  'vaxsipuseragent',
  'pplsip',
  'eyebeam-scan',
  'iwar',
];
const READ_MAX = 256;
/** What stands in place of a target that a scanner does not care about. */
const NOWHERE = /@(?:1\.1\.1\.1|0\.0\.0\.0)(?:[:;>?]|$)/;
/** Quotes, comments and line ends that are meant for a database or a shell behind us. */
const INJECTED = /['"`\\<>]|--|\.\.\/|%0[0ad]|%27|%22/i;

/**
 * What gives a request away as a scanner's. It only marks: a scanner's name can be borrowed, and an
 * emergency call is placed whoever it says it is.
 */
export function scannerMarks({ headers, from, uri }: SipRequest): readonly ScannerMark[] {
  const marks: ScannerMark[] = [];
  const agent = headerValue(headers, 'user-agent')?.slice(0, READ_MAX).toLowerCase() ?? '';
  if (agent !== '' && AGENTS.some((name) => agent.includes(name))) marks.push('scanner-agent');
  const caller = (headerValue(headers, 'from') ?? '').slice(0, READ_MAX).toLowerCase();
  if (caller.includes('sipvicious') || isOdd(from.uri)) marks.push('scanner-from');
  if (isOdd(uri)) marks.push('scanner-target');
  return marks;
}

function isOdd(uri: string): boolean {
  const text = uri.slice(0, READ_MAX);
  return NOWHERE.test(text) || INJECTED.test(text);
}
