import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';

const NET = '127.21.84';
const CAP = '<?xml version="1.0"?><alert><identifier>sensor-7</identifier></alert>';
jest.setTimeout(60_000);

/** What a sensor sends that has no voice: an alert in a MESSAGE, and no call. */
function alert(callId: string, uri: string): string {
  return [
    `MESSAGE ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${NET}.101:5060;branch=z9hG4bK${callId};rport`,
    'Max-Forwards: 70',
    'From: <sip:sensor@op.example>;tag=sensor',
    'To: <urn:service:sos.fire>',
    `Call-ID: ${callId}`,
    'CSeq: 1 MESSAGE',
    'Call-Info: <cid:alert@op.example>;purpose=EmergencyCallData.CAP',
    'Content-Type: application/EmergencyCallData.cap+xml',
    `Content-Length: ${CAP.length}`,
    '',
    CAP,
  ].join('\r\n');
}

describe('a MESSAGE outside of calls, to a site whose first gateway is silent', () => {
  let stage: Stage;
  let sensor: UdpSink;
  let silent: UdpSink;
  let gateway: UdpSink;

  beforeAll(async () => {
    const hunt = { attemptMs: 300, attemptMsMin: 300 };
    stage = await openStage({ net: NET, gatewayCount: 2, keys: { trunks: [], hunt } });
    const [first, second] = stage.gateways;
    if (second === undefined) throw new Error('there is no second gateway');
    sensor = await openUdpSink(stage.caller);
    silent = await openUdpSink(first);
    gateway = await openUdpSink(second, (bytes, from) => {
      const request = parse(bytes);
      if (request.kind === 'request') gateway.send(taken(request), from);
    });
  });
  afterAll(async () => {
    for (const one of [sensor, silent, gateway]) await one.close();
    expect(await stage.close()).toBe(0);
  });

  test('an alert of a stranger to urn:service:sos is taken by the next gateway, and told', async () => {
    sensor.send(alert('alert-1', 'urn:service:sos.fire'), stage.site.anycast);
    await sensor.next('the answer', (text) => text.startsWith('SIP/2.0 202 '));
    const [heard] = gateway.received;
    const message = parse(Buffer.from(heard?.text ?? '', 'latin1'));
    if (message.kind !== 'request') throw new Error('the gateway has heard no request');
    expect(message).toMatchObject({ method: 'MESSAGE', uri: 'urn:service:sos.fire', body: CAP });
    expect(headerValue(message.headers, 'call-info')).toContain('purpose=EmergencyCallData.CAP');
    const record = await stage.site.recordOf('alert-1');
    expect(record).toMatchObject({ method: 'MESSAGE', emergency: true, status: 202 });
    expect(record.attempts.map(({ status }) => status)).toEqual([408, 202]);
    expect(await stage.site.metric('landfall_messages_total', 'outcome="delivered"')).toBe(1);
  });

  test('what is no emergency is refused, and no gateway hears of it', async () => {
    const heard = gateway.received.length;
    sensor.send(alert('chat-1', `sip:+4670@${stage.site.anycast.address}`), stage.site.anycast);
    const { text } = await sensor.next('the answer', (one) => one.startsWith('SIP/2.0 405 '));
    expect(text).toContain('messages outside of calls are for emergencies');
    expect(gateway.received).toHaveLength(heard);
  });
});

function taken({ headers }: SipRequest): string {
  const repeated = ['Via', 'From', 'Call-ID', 'CSeq'].map(
    (name) => `${name}: ${headerValue(headers, name.toLowerCase())}`,
  );
  const to = `To: ${headerValue(headers, 'to')};tag=psap`;
  return ['SIP/2.0 202 Accepted', ...repeated, to, 'Content-Length: 0', '', ''].join('\r\n');
}
