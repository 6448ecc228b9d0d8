import type { UnixMs } from '../base/brands.ts';
import { textOf } from '../base/octet-text.ts';
import type { CallId } from '../call/ids.ts';
import type { CallRecord } from '../call/record.ts';
import { type EndReason, terminated } from '../call/termination.ts';
import type { Arrived } from '../guard/loop-guard.ts';
import type { Condition } from '../guard/refusals.ts';
import type { Listener } from '../ports/sip-engine.ts';
import { writeAddress } from '../sip/address.ts';
import { headerValue } from '../sip/headers.ts';
import type { Mark } from './admission.ts';

const REASON_OF: Readonly<Record<Condition, EndReason>> = {
  loop: 'loop',
  'cancelled-before-invite': 'cancelled-before-invite',
  'from-gateway-side': 'from-gateway-side',
  'unknown-gateway': 'unknown-gateway',
  'replaces-nothing': 'replaces-nothing',
  'too-many-hops': 'too-many-hops',
  'unreadable-uri': 'malformed',
  'unknown-extension': 'unknown-extension',
  'interval-too-small': 'interval-too-small',
  'unknown-source': 'unknown-source',
  'no-route': 'no-route',
  'over-rate': 'over-rate',
  'over-share': 'over-share',
  draining: 'draining',
  overload: 'overloaded',
  full: 'full',
  reserved: 'full',
  exhausted: 'full',
};

type Refused = {
  readonly callId: CallId;
  readonly site: string;
  readonly trunk: string | undefined;
  readonly fromGateway: string | undefined;
  readonly emergency: boolean;
  readonly marks: readonly Mark[];
  readonly condition: Condition;
  /** Absent: a call. */
  readonly method?: 'MESSAGE';
  readonly status: number;
  readonly at: UnixMs;
};

/** The record of a call that was never placed. */
export function refusedRecord(
  { request, receivedOn }: Arrived,
  { callId, site, trunk, fromGateway, emergency, marks, condition, method, status, at }: Refused,
): CallRecord {
  return {
    record: 1,
    callId,
    method,
    sipCallIdA: request.callId,
    sipCallIdB: [],
    site,
    receivedAt: at,
    receivedOn: doorName(receivedOn.listener),
    through: receivedOn.through === undefined ? undefined : [receivedOn.through],
    source: writeAddress(receivedOn.source),
    trunk,
    fromGateway,
    from: textOf(headerValue(request.headers, 'from') ?? ''),
    to: textOf(headerValue(request.headers, 'to') ?? ''),
    emergency,
    marks,
    times: {
      invite: at,
      trying: at,
      ringing: undefined,
      answered: undefined,
      acked: undefined,
      ended: at,
    },
    moved: undefined,
    attempts: [],
    ...terminated(REASON_OF[condition], status),
    durationMs: 0,
  };
}

const LETTER: Readonly<Record<Listener['role'], string>> = {
  anycast: 'A',
  unicast: 'U',
  gateway: 'G',
};

/** `A udp:192.0.2.112:5060`: the address of the site that an INVITE came to. */
export function doorName(listener: Listener): string {
  return `${LETTER[listener.role]} ${listener.transport}:${writeAddress(listener)}`;
}
