import { describe, expect, test } from '@jest/globals';
import { TraceBook } from '../../../../apps/lab/call-trace.ts';
import {
  calledWithin,
  ends,
  legsB,
  noneLeft,
  notRepeated,
  oneLivingLeg,
  stopsIn1s,
} from '../../../../apps/lab/checks.ts';
import type { WirePacket, WireSip } from '../../../../apps/lab/transit-link.ts';

const NAME = 'F2a-H-1';
const CALLER = '198.18.0.2';

function packet(at: number, way: readonly [string, string], sip: Partial<WireSip>): WirePacket {
  const [source, target] = way;
  const from = source === 'callers' ? `${CALLER}:5060` : '192.0.2.112:5060';
  const to = target === 'callers' ? `${CALLER}:5060` : '192.0.2.112:5060';
  const said = { line: '', from: `<sip:${NAME}@${CALLER}>;tag=f`, ...sip };
  return {
    at,
    source,
    target,
    fate: 'arrived',
    from,
    to,
    transport: 'udp',
    bytes: 100,
    sip: said,
  };
}

const legA = { 'call-id': `${NAME}@${CALLER}` };
const invite = (callId: string, site: string, at: number) =>
  packet(at, [site, 'gateways'], { method: 'INVITE', cseq: '1 INVITE', 'call-id': callId });
const gatewaySays = (callId: string, at: number, status: number, cseq = '1 INVITE') =>
  packet(at, ['gateways', 'site1'], { status, cseq, to: '<sip:x>;tag=g', 'call-id': callId });
const siteAsks = (callId: string, at: number, method: string, cseq: string) =>
  packet(at, ['site1', 'gateways'], { method, cseq, to: '<sip:x>;tag=g', 'call-id': callId });
const callerSays = (at: number, method: string) =>
  packet(at, ['callers', 'site1'], { ...legA, method, cseq: `1 ${method}` });
const callerHears = (at: number, status: number, cseq: string, tag = 't') =>
  packet(at, ['site1', 'callers'], { ...legA, status, cseq, to: `<sip:x>;tag=${tag}` });

function traceOf(...packets: readonly WirePacket[]) {
  const book = new TraceBook();
  book.open(NAME, CALLER);
  for (const one of packets) book.see(one);
  return book.close(NAME);
}

describe('legs b on the wire', () => {
  test('two sites that call the gateway for one INVITE are two legs', () => {
    const trace = traceOf(invite('b1', 'site1', 10), invite('b2', 'site2', 30));
    expect(trace.legs.map(({ site }) => site)).toEqual(['site1', 'site2']);
    expect(legsB(1)(trace)).toBe('2 legs b');
    expect(oneLivingLeg(trace)).toBe('2 legs b alive after 1 s');
    expect(noneLeft(trace)).toBe('2 legs left');
  });

  test('one that was given up within a second leaves one alive', () => {
    const trace = traceOf(
      invite('b1', 'site1', 10),
      invite('b2', 'site2', 30),
      siteAsks('b2', 200, 'CANCEL', '1 CANCEL'),
      gatewaySays('b2', 210, 487),
    );
    expect(oneLivingLeg(trace)).toBeUndefined();
    expect(noneLeft(trace)).toBe('1 leg left');
  });

  test('the INVITE sent again is the same leg', () => {
    const trace = traceOf(invite('b1', 'site1', 10), invite('b1', 'site1', 510));
    expect(legsB(1)(trace)).toBeUndefined();
  });

  test('a leg is over with the BYE of either side, and a refused re-INVITE does not end it', () => {
    const up = [invite('b1', 'site1', 10), gatewaySays('b1', 300, 200)];
    const asked = [
      siteAsks('b1', 400, 'INVITE', '2 INVITE'),
      gatewaySays('b1', 410, 488, '2 INVITE'),
    ];
    expect(noneLeft(traceOf(...up, ...asked))).toBe('1 leg left');
    const bye = siteAsks('b1', 500, 'BYE', '3 BYE');
    expect(traceOf(...up, ...asked, bye).legs).toMatchObject([
      { answeredAt: 300, endedAt: 500, hungUpBy: 'site', asked: ['INVITE'] },
    ]);
    const hungUp = packet(500, ['gateways', 'site1'], { method: 'BYE', 'call-id': 'b1' });
    expect(traceOf(...up, hungUp).legs).toMatchObject([{ endedAt: 500, hungUpBy: 'gateway' }]);
  });

  test('what is late of another call of that address does not count', () => {
    const late = packet(20, ['site1', 'callers'], { 'call-id': `older@${CALLER}`, status: 200 });
    expect(traceOf(late).packets).toEqual([]);
  });
});

describe('what must hold', () => {
  test('an answer that comes again is one, from two dialogs it is two', () => {
    const again = traceOf(callerHears(10, 200, '1 INVITE'), callerHears(510, 200, '1 INVITE'));
    expect(ends('1 INVITE', 200)(again)).toBeUndefined();
    const other = traceOf(callerHears(10, 200, '1 INVITE'), callerHears(20, 200, '1 INVITE', 'u'));
    expect(ends('1 INVITE', 200)(other)).toBe('2 answers to 1 INVITE');
    expect(ends('1 INVITE', 487)(again)).toBe('1 INVITE: 200');
    expect(ends('2 BYE', 200)(again)).toBe('no answer to 2 BYE');
  });

  test('a third copy of an answer is a storm', () => {
    const copies = [10, 510, 1510].map((at) => callerHears(at, 486, '1 INVITE'));
    expect(notRepeated('1 INVITE')(traceOf(...copies.slice(1)))).toBeUndefined();
    expect(notRepeated('1 INVITE')(traceOf(...copies))).toBe('1 INVITE answered again and again');
  });

  test('a gateway that is called late after the INVITE came has been kept waiting', () => {
    const called = (at: number) => traceOf(callerSays(10, 'INVITE'), invite('b1', 'site1', at));
    expect(calledWithin(400)(called(410))).toBeUndefined();
    expect(calledWithin(400)(called(411))).toBe('the gateway was called after 401 ms');
  });

  test('a gateway that hears of the CANCEL a second late rings on', () => {
    const until = (at: number) =>
      traceOf(
        invite('b1', 'site1', 10),
        callerSays(100, 'CANCEL'),
        callerHears(110, 200, '1 CANCEL'),
        siteAsks('b1', at, 'CANCEL', '1 CANCEL'),
      );
    expect(stopsIn1s(until(1100))).toBeUndefined();
    expect(stopsIn1s(until(1200))).toBe('the gateway rings on');
  });
});
