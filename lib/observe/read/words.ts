import type { CallRecord } from '../../call/record.ts';
import type { EndReason, Fault } from '../../call/termination.ts';

/** One plain sentence a reason, for somebody who was just woken up. */
export const REASONS: Readonly<Record<EndReason, string>> = {
  'caller-hung-up': 'the caller hung up',
  'callee-hung-up': 'the callee hung up',
  'caller-cancelled': 'the caller gave up before an answer',
  'cancelled-before-invite': 'the caller gave up, and its CANCEL overtook the INVITE',
  'message-delivered': 'a gateway took the message',
  'callee-busy': 'the callee was busy',
  'callee-declined': 'the callee declined',
  'callee-unavailable': 'the callee could not be reached',
  'callee-not-found': 'nobody has that number',
  'callee-did-not-answer': 'the callee did not answer in time',
  'gateway-refused': 'the gateway refused the call',
  'gateways-exhausted': 'no gateway took the call',
  'caller-never-acknowledged': 'the caller never acknowledged the answer (no ACK)',
  'caller-lost': 'the caller had left the call when it was to be changed',
  'media-failed': 'no media server of this site took the call',
  'engine-lost': 'the drachtio-server that held the leg to the gateway was lost',
  'transfer-failed': 'the gateway had the call transferred and left, and nobody took it',
  'gateway-lost': 'the gateway had left the call when it was to be changed',
  malformed: 'the INVITE was malformed',
  'too-many-hops': 'the INVITE had no hops left (Max-Forwards)',
  'unknown-extension': 'the caller required a SIP extension we do not have',
  'interval-too-small': 'the caller wanted its session refreshed more often than we allow',
  'unknown-source': 'the source is no trunk of ours, and the call was no emergency',
  'no-route': 'no route matches the number',
  loop: 'an INVITE of ours came back',
  'over-rate': 'the source sent too many calls a second',
  'over-share': 'the source had too many calls at once',
  overloaded: 'this node could not keep up',
  full: 'this node had too many calls',
  draining: 'this node was draining',
  'from-gateway-side': 'the INVITE came in on the gateway side, and no group is for that',
  'replaces-nothing': 'a gateway wanted to join a call that is not here',
  'unknown-gateway': 'the INVITE came in on the gateway side, and from no gateway',
  'another-site-has-it': 'its INVITE came to another site too, which has it',
  'hung-up-at-shutdown': 'this node was shut down and hung up',
  bug: 'a bug of ours ended the call',
};

const FAULTS: Readonly<Record<Fault, string>> = {
  none: "nobody's fault",
  caller: "the caller's doing",
  callee: "the callee's doing",
  gateway: "the gateway's fault",
  us: 'our fault',
  unknown: 'nobody knows whose fault',
};

const MOVED: Readonly<Record<NonNullable<CallRecord['moved']>, string>> = {
  moved: 'moved off anycast',
  stayed: 'STAYED on anycast',
  sticky: 'on anycast as agreed (sticky)',
};

/** What happens without a message on the wire. */
const EVENTS: Readonly<Record<string, string>> = {
  'b-refused': 'given up:',
  'a-unacknowledged': 'no ACK came',
  unconfirmed: 'no ACK came',
  marked: 'marked:',
  end: 'the end:',
  ignore: 'ignored:',
};

/** A log of a newer version may know reasons that this one does not: they stand as they are. */
export function reasonInWords(reason: string): string {
  return lookUp(REASONS, reason);
}

export function eventInWords(event: string, gateway: string | undefined): string {
  const words = lookUp(EVENTS, event);
  return gateway === undefined ? words : `${gateway} ${words}`;
}

export function faultInWords(fault: string): string {
  return lookUp(FAULTS, fault);
}

export function movedInWords(record: CallRecord): string {
  const { moved, times, receivedOn, fromGateway, method } = record;
  if (method !== undefined) return 'a message, no call';
  if (fromGateway !== undefined) return 'called outwards';
  if (moved === 'moved' && receivedOn.startsWith('U ')) return 'called U directly';
  if (moved !== undefined) return lookUp(MOVED, moved);
  return times.answered === undefined ? 'never answered' : 'silent after the answer';
}

function lookUp(table: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(table, key) ? (table[key] ?? key) : key;
}

/** A call that was not talked on, or that did not end by hanging up. */
export function isFailed(record: CallRecord): boolean {
  return record.fault !== 'none';
}
