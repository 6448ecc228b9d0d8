import type { AttemptRecord, CallRecord } from '../../call/record.ts';
import type { Fault } from '../../call/termination.ts';

export const RECORD_FIELDS: Readonly<Record<keyof CallRecord, string>> = {
  record: 'Always 1: the version of this form, and what tells a record from a step.',
  callId: 'Our own name of the call, `<site>-<dialog>`.',
  method: '`MESSAGE`: a message outside of any call. Absent: a call.',
  sipCallIdA: "The Call-ID header of the caller's leg.",
  sipCallIdB: 'The Call-ID headers that we made toward gateways, one a try.',
  site: 'The site that took the call.',
  receivedAt: 'When the INVITE came.',
  receivedOn:
    'The listener it came to: `A udp:192.0.2.112:5060`, `U udp:198.51.100.11:5060`, or `G ...` on the gateway side.',
  through:
    'Other sites that received messages of the call and carried them here. Absent: all came to this one.',
  source: 'The address and port that the INVITE came from.',
  trunk: 'The configured trunk of that source. Absent: no trunk names it.',
  fromGateway:
    'The gateway that called outwards, as a PSAP calls back. Absent: the call came from outside.',
  from: 'The whole From header, as text.',
  to: 'The whole To header, as text.',
  emergency: 'Whether it was treated as an emergency call.',
  times: 'The moments of the call; see below.',
  moved:
    '`moved`: the caller went on at U; `stayed`: at A; `sticky`: at A as agreed. Absent: silent, or a gateway.',
  marks:
    'What was odd about it and was lived with: `scanner-agent`, `over-rate`, `overload` and the like.',
  attempts: 'The tries at gateways, in their order; see below.',
  fault: 'Whose doing the end was; see below.',
  media:
    'What crossed this site from leg `a` and leg `b`: packets, octets, when the last one came, loss, jitter and MOS as RTCP said. Absent: nothing did.',
  recorded: 'Whether what anchored its media was to record it. Absent: it was not.',
  reason: 'Why the call ended; see below.',
  status: 'The final status that the caller got for its INVITE.',
  durationMs: 'From the INVITE to the end.',
};

export const TIME_FIELDS: Readonly<Record<keyof CallRecord['times'], string>> = {
  invite: 'The INVITE came.',
  trying: 'Our 100 Trying left.',
  ringing: 'The caller first heard a provisional response above 100: of a gateway, or of ours.',
  answered: 'The 2xx was passed to the caller.',
  acked: "The caller's ACK came.",
  ended: 'The call was over for the caller.',
};

export const ATTEMPT_FIELDS: Readonly<Record<keyof AttemptRecord, string>> = {
  gateway: 'The configured name of the gateway.',
  target: 'Its address and port.',
  startedAt: 'When our INVITE left.',
  status: 'Its final status; 408 for silence, 503 for a failed transport, 0 while it is owed.',
  reason: 'The phrase of that status.',
};

export const FAULT_MEANINGS: Readonly<Record<Fault, string>> = {
  none: 'The call was talked on and hung up: nobody is to blame.',
  caller: "The caller's doing.",
  callee: "The doing of the one who was called: busy, declined, didn't answer.",
  gateway: 'A gateway failed, or all of them did.',
  us: 'This node: full, draining, or wrong.',
  unknown: 'Nobody knows; it counts as a bug of this node.',
};
