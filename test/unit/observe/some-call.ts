import { unixMs } from '../../../lib/base/brands.ts';
import { type CallId, callIdOf } from '../../../lib/call/ids.ts';
import type { CallRecord } from '../../../lib/call/record.ts';
import type { Step } from '../../../lib/call/story.ts';

export const BEGIN = Date.UTC(2026, 10, 20, 3, 12, 7, 42);
const A = '192.0.2.112:5060';
const U = '198.51.100.11:5060';
const CONTACT = 'sip:v1a.1e.1.abcdefgh.qrstuvwx@198.51.100.11:5060';

export const SOME_CALL = callIdOf('sto-k4w2h7qz');

const RECORD: CallRecord = {
  record: 1,
  callId: SOME_CALL,
  sipCallIdA: 'a84b4c76e66710@203.0.113.77',
  sipCallIdB: ['b1-5f2c', 'b2-9e01'],
  site: 'sto',
  receivedAt: unixMs(BEGIN),
  receivedOn: 'A udp:192.0.2.112:5060',
  source: '203.0.113.77:40123',
  trunk: undefined,
  from: '"Alice" <sip:+46701234567@carrier.example>;tag=88sja8x',
  to: '<sip:112@192.0.2.112>',
  emergency: true,
  times: {
    invite: unixMs(BEGIN),
    trying: unixMs(BEGIN),
    ringing: unixMs(BEGIN + 2041),
    answered: unixMs(BEGIN + 3101),
    acked: unixMs(BEGIN + 3120),
    ended: unixMs(BEGIN + 37_200),
  },
  moved: 'moved',
  attempts: [
    {
      gateway: 'psap-a',
      target: '10.0.1.31:5060',
      startedAt: unixMs(BEGIN + 1),
      status: 408,
      reason: 'Request Timeout',
    },
    {
      gateway: 'psap-b',
      target: '10.0.1.32:5060',
      startedAt: unixMs(BEGIN + 2004),
      status: 200,
      reason: 'OK',
    },
  ],
  fault: 'none',
  reason: 'caller-hung-up',
  status: 200,
  durationMs: 37_200,
};

/** An emergency call: the first gateway is silent, the second answers, the caller hangs up. */
export function someRecord(changes: Partial<CallRecord> = {}): CallRecord {
  return { ...RECORD, ...changes };
}

export function someSteps(id: CallId = SOME_CALL): Step[] {
  const of = { callId: id, site: 'sto' };
  const a = (ms: number, event: string, direction: 'in' | 'out', message: string): Step => ({
    ...of,
    leg: 'a',
    at: unixMs(BEGIN + ms),
    event,
    direction,
    message,
    local: A,
    remote: '203.0.113.77:40123',
  });
  const b = (
    ms: number,
    event: string,
    direction: 'in' | 'out',
    message: string | undefined,
    attempt: 1 | 2,
  ): Step => ({
    ...of,
    leg: 'b',
    at: unixMs(BEGIN + ms),
    event,
    direction,
    message,
    local: '10.0.0.11:5060',
    remote: attempt === 1 ? '10.0.1.31:5060' : '10.0.1.32:5060',
    attempt,
    gateway: attempt === 1 ? 'psap-a' : 'psap-b',
  });
  return [
    { ...a(0, 'a-invited', 'in', 'INVITE'), contact: 'sip:+46701234567@10.9.9.5:5060' },
    a(0, 'trying-a', 'out', '100 Trying'),
    b(1, 'invite-b', 'out', 'INVITE', 1),
    { ...b(2003, 'b-refused', 'in', undefined, 1), why: 'timeout' },
    b(2004, 'invite-b', 'out', 'INVITE', 2),
    b(2010, 'b-trying', 'in', '100 Trying', 2),
    b(2040, 'b-ringing', 'in', '180 Ringing', 2),
    { ...a(2041, 'ring-a', 'out', '180 Ringing'), contact: CONTACT },
    b(3100, 'b-answered', 'in', '200 OK', 2),
    { ...a(3101, 'answer-a', 'out', '200 OK'), contact: CONTACT },
    { ...a(3120, 'a-acknowledged', 'in', 'ACK'), local: U },
    b(3121, 'ack-b', 'out', 'ACK', 2),
    { ...a(37_200, 'a-hung-up', 'in', 'BYE'), local: U, remote: '203.0.113.77:40999' },
    b(37_201, 'bye-b', 'out', 'BYE', 2),
  ];
}
