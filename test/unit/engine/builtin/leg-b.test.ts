import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { legId, sipCallId, tagOf } from '../../../../lib/sip/ids.ts';
import { B, responds } from './peers.ts';
import { Stage } from './stage.ts';

const tag = tagOf('gw');

describe('a call to a gateway', () => {
  test('carries what the node gives, its own Via and the extensions that are built', async () => {
    const stage = await Stage.open();
    stage.callOut({
      headers: [header('Content-Type', 'application/sdp'), header('Supported', '100rel')],
    });
    expect(stage.gateway.last().from).toEqual(B);
    expect(stage.gateway.last().text.split('\r\n')).toEqual([
      'INVITE sip:112@10.0.1.31:5080 SIP/2.0',
      expect.stringMatching(
        /^Via: SIP\/2\.0\/UDP 10\.0\.0\.11:5060;branch=z9hG4bKtoken\.\w+;rport$/,
      ),
      'Max-Forwards: 69',
      'From: "A" <sip:+4670@op.example>;tag=token',
      'To: <sip:112@192.0.2.112>',
      'Call-ID: call-b',
      'CSeq: 1 INVITE',
      'Contact: <sip:token@10.0.0.11:5060>',
      'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY',
      'Supported: timer',
      'Session-Expires: 1800;refresher=uac',
      'Content-Type: application/sdp',
      'Content-Length: 5',
      '',
      'v=0',
      '',
    ]);
  });

  test('Before a request is sent, the client transport MUST insert a value of the "sent-by" field into the Via header field. The usage of an FQDN is RECOMMENDED. [3261-18.1.1]', async () => {
    const stage = new Stage();
    const advertised = {
      ...B,
      role: 'gateway',
      transport: 'udp',
      advertise: 'gw.example',
    } as const;
    await stage.engine.listen([advertised]);
    stage.callOut({ listener: advertised });
    expect(stage.gateway.request('INVITE').via).toMatchObject({ host: 'gw.example', port: 5060 });
  });

  test('The branch parameter value MUST be unique across space and time for all requests sent by the UA. [3261-8.1.1.7]', async () => {
    const stage = await Stage.open();
    stage.talkingB();
    stage.callOut({ leg: legId('b2') });
    stage.engine.hangUp(legId('b1'), tag, []);
    stage.pass(0);
    const branches = stage.gateway.heard.map(({ message }) => message.via.branch);
    expect(stage.gateway.summary).toEqual(['INVITE', 'ACK', 'INVITE', 'BYE']);
    expect(new Set(branches).size).toBe(4);
  });

  test('a second leg of one name is a bug', async () => {
    const stage = await Stage.open();
    stage.callOut();
    expect(() => stage.callOut()).toThrow('leg b1 exists already');
  });

  test('trying, ringing and the answer are told', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(100);
    stage.gatewayAnswers(180, { tag: 'gw', headers: ['X-Any: y'] });
    stage.gatewayAnswers(183, { body: 'v=0\r\n' });
    stage.gatewayAnswers(100);
    stage.gatewayAnswers(200, { tag: 'gw', body: 'v=0\r\n' });
    expect(stage.events).toMatchObject([
      { on: 'trying', leg },
      { on: 'ringing', status: 180, reason: 'As Said', tag: 'gw', leg },
      { on: 'ringing', status: 183, tag: undefined, body: 'v=0\r\n' },
      { on: 'answered', status: 200, tag: 'gw', body: 'v=0\r\n' },
    ]);
    const [, ringing] = stage.events;
    expect(ringing?.on === 'ringing' && headerValue(ringing.headers, 'x-any')).toBe('y');
  });

  test('a refusal is told once and acknowledged each time it comes', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(486, { tag: 'gw', headers: ['Reason: Q.850;cause=17'] });
    stage.gatewayAnswers(486, { tag: 'gw' });
    expect(stage.gateway.summary).toEqual(['INVITE', 'ACK', 'ACK']);
    const { message } = stage.gateway.last();
    expect(message.to.tag).toBe('gw');
    expect(message.via.branch).toBe(stage.gateway.request('INVITE').via.branch);
    expect(stage.events).toMatchObject([{ on: 'refused', status: 486, cause: 'response', leg }]);
    const [refused] = stage.events;
    expect(refused?.on === 'refused' && headerValue(refused.headers, 'reason')).toBe(
      'Q.850;cause=17',
    );
  });

  test('When a timeout error is received from the transaction layer, it MUST be treated as if a 408 (Request Timeout) status code has been received. [3261-8.1.3.1]', async () => {
    const stage = await Stage.open();
    stage.callOut();
    stage.pass(100_000);
    const sentAtMs = [0, 500, 1500, 3500, 7500, 15_500, 31_500];
    expect(stage.gateway.heard.map(({ atMs }) => atMs)).toEqual(sentAtMs);
    expect(stage.events).toMatchObject([
      { on: 'refused', status: 408, reason: 'Request Timeout', cause: 'timeout', atMs: 32_000 },
    ]);
  });

  test('If a fatal transport error is reported by the transport layer, the condition MUST be treated as a 503 (Service Unavailable) status code. [3261-8.1.3.1]', async () => {
    const stage = new Stage();
    const failures: (() => void)[] = [];
    const attach = stage.network.attach.bind(stage.network);
    stage.network.bind = async (local, ears) => {
      const socket = attach(local, ears);
      return {
        kind: 'bound',
        socket: {
          send: (bytes, to) => {
            socket.send(bytes, to);
            failures.push(() => ears.onSendFailure(to, 'no route', bytes));
          },
          close: async () => socket.close(),
        },
      };
    };
    await stage.engine.listen([{ ...B, role: 'gateway', transport: 'udp', advertise: undefined }]);
    stage.callOut();
    stage.callOut({ leg: legId('b2'), callId: sipCallId('other') });
    failures[0]?.();
    failures[0]?.();
    expect(stage.events).toMatchObject([
      { on: 'refused', status: 503, cause: 'transport', leg: 'b1' },
    ]);
    expect(stage.engine.counts().sendFailures).toBe(2);
    stage.pass(40_000);
    expect(stage.told).toEqual(['refused', 'refused']);
  });

  test('If the value of the "sent-by" parameter in that header field value does not correspond to a value that the client transport is configured to insert into requests, the response MUST be silently discarded. [3261-18.1.2]', async () => {
    const stage = await Stage.open();
    stage.callOut();
    const foreign = responds(stage.gateway.request('INVITE'), 200, { tag: 'gw' });
    stage.gatewaySends(foreign.replace(/branch=[^;]*/, 'branch=z9hG4bKnone'));
    stage.gatewaySends(foreign.replace(/;branch=[^;]*/, ''));
    expect(stage.told).toEqual([]);
    expect(stage.engine.counts().strayResponses).toBe(2);
  });
});
