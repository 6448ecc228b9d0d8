import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { legId, sipCallId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { B, GATEWAY, gatewaySays, NOTHING, octets, responds, Stage } from './stage.ts';

const tag = tagOf('gw');

describe('a call to a gateway', () => {
  test('carries what the node gives, its own Via and no extension', async () => {
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
      'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS',
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

describe('the answer of a gateway', () => {
  test('The UAC core MUST generate an ACK request for each 2xx received from the transaction layer. [3261-13.2.2.4]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(200, { tag: 'gw' });
    expect(stage.gateway.summary).toEqual(['INVITE']);
    const content = { headers: [header('Content-Type', 'application/sdp')], body: octets('v=1') };
    stage.engine.acknowledge(leg, tag, content);
    stage.pass(0);
    expect(stage.gateway.last().text.split('\r\n')).toEqual([
      'ACK sip:gw@10.0.1.31:5080 SIP/2.0',
      expect.stringMatching(
        /^Via: SIP\/2\.0\/UDP 10\.0\.0\.11:5060;branch=z9hG4bKtoken\.\w+;rport$/,
      ),
      'Max-Forwards: 70',
      'From: "A" <sip:+4670@op.example>;tag=token',
      'To: <sip:112@192.0.2.112>;tag=gw',
      'Call-ID: call-b',
      'CSeq: 1 ACK',
      'Content-Type: application/sdp',
      'Content-Length: 3',
      '',
      'v=1',
    ]);
    expect(stage.gateway.last().message.via.branch).not.toBe(
      stage.gateway.request('INVITE').via.branch,
    );
  });

  test('The ACK MUST be passed to the client transport every time a retransmission of the 2xx final response that triggered the ACK arrives. [3261-13.2.2.4]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(200, { tag: 'gw' });
    stage.gatewayAnswers(200, { tag: 'gw' });
    expect(stage.gateway.summary).toEqual(['INVITE']);
    stage.engine.acknowledge(leg, tag, NOTHING);
    stage.engine.acknowledge(leg, tag, NOTHING);
    stage.gatewayAnswers(200, { tag: 'gw' });
    expect(stage.gateway.summary).toEqual(['INVITE', 'ACK', 'ACK']);
    stage.engine.hangUp(leg, tag, []);
    stage.gatewayAnswers(200, { tag: 'gw' });
    expect(stage.gateway.summary).toEqual(['INVITE', 'ACK', 'ACK', 'BYE', 'ACK']);
    expect(stage.told).toEqual(['answered']);
    const acks = stage.gateway.heard.filter(({ text }) => text.startsWith('ACK'));
    expect(new Set(acks.map(({ text }) => text)).size).toBe(1);
  });

  test('each callee of a forked INVITE that answers is told, and each can be hung up', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    for (const callee of ['one', 'two']) stage.gatewayAnswers(180, { tag: callee });
    for (const callee of ['one', 'two', 'one']) stage.gatewayAnswers(200, { tag: callee });
    expect(stage.events.slice(2)).toMatchObject([
      { on: 'answered', tag: 'one' },
      { on: 'answered', tag: 'two' },
    ]);
    stage.engine.acknowledge(leg, tagOf('one'), NOTHING);
    stage.engine.hangUp(leg, tagOf('two'), []);
    stage.pass(0);
    const ends = stage.gateway.heard.map(({ message }) => [
      message.kind === 'request' ? message.method : '',
      message.to.tag,
    ]);
    expect(ends.slice(1)).toEqual([
      ['ACK', 'one'],
      ['ACK', 'two'],
      ['BYE', 'two'],
    ]);
  });

  test.each([
    ['32 s after the INVITE', 33_000],
    ['a minute after it', 60_000],
  ])('an answer that comes %s still reaches the node', async (_, waitMs) => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.pass(waitMs);
    stage.gatewayAnswers(200, { tag: 'gw' });
    expect(stage.told).toEqual(['refused', 'answered']);
    stage.engine.hangUp(leg, tag, []);
    stage.pass(0);
    expect(stage.gateway.summary.slice(-2)).toEqual(['ACK', 'BYE']);
    stage.pass(200_000);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, dialogs: 0, clientTransactions: 0 });
  });

  test('an answer that comes after a refusal still reaches the node', async () => {
    const stage = await Stage.open();
    stage.callOut();
    stage.gatewayAnswers(503, { tag: 'gw' });
    stage.gatewayAnswers(200, { tag: 'gw' });
    expect(stage.told).toEqual(['refused', 'answered']);
  });

  test('If the dialog identifier in the 2xx response matches the dialog identifier of an existing dialog, the dialog MUST be transitioned to the "confirmed" state, and the route set for the dialog MUST be recomputed based on the 2xx response [3261-13.2.2.4]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    const other = { address: '10.0.1.40', port: 5060 };
    const heard: string[] = [];
    stage.network.attach(other, {
      onDatagram: (bytes) => void heard.push(bytes.toString('latin1')),
      onSendFailure: () => undefined,
    });
    stage.gatewayAnswers(180, { tag: 'gw', headers: ['Record-Route: <sip:10.0.1.99;lr>'] });
    stage.gatewayAnswers(200, {
      tag: 'gw',
      contact: 'sip:psap@10.0.1.77',
      headers: ['Record-Route: <sip:10.0.1.40;lr>'],
    });
    stage.engine.acknowledge(leg, tag, NOTHING);
    stage.engine.hangUp(leg, tag, []);
    stage.pass(0);
    expect(heard.map((text) => text.split('\r\n', 1)[0])).toEqual([
      'ACK sip:psap@10.0.1.77 SIP/2.0',
      'BYE sip:psap@10.0.1.77 SIP/2.0',
    ]);
    expect(heard[1]).toContain('\r\nRoute: <sip:10.0.1.40;lr>\r\n');
    expect(heard[1]).toContain('\r\nCSeq: 2 BYE\r\n');
  });

  test('no order for a dialog that is not up does anything', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(180, { tag: 'gw' });
    stage.engine.acknowledge(leg, tag, NOTHING);
    stage.engine.hangUp(leg, tag, []);
    stage.engine.hangUp(leg, tagOf('nobody'), []);
    stage.engine.acknowledge(leg, tagOf('nobody'), NOTHING);
    stage.pass(0);
    expect(stage.gateway.summary).toEqual(['INVITE']);
  });
});

describe('a gateway that hangs up', () => {
  test('is answered, and the node is told', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    const invite = stage.gateway.request('INVITE');
    stage.gatewaySends(gatewaySays(invite, 'BYE', { branch: 'z9hG4bKbye' }));
    stage.gatewaySends(gatewaySays(invite, 'BYE', { branch: 'z9hG4bKbye' }));
    stage.gatewaySends(gatewaySays(invite, 'BYE', { cseq: 2 }));
    expect(stage.gateway.summary.slice(2)).toEqual(['200 BYE', '200 BYE', '481 BYE']);
    expect(stage.events.slice(1)).toMatchObject([
      { on: 'hung-up', tag: 'gw', leg, receivedOn: { source: GATEWAY, listener: B } },
    ]);
    stage.engine.hangUp(leg, tag, []);
    stage.pass(0);
    expect(stage.gateway.summary).toHaveLength(5);
  });

  test('in an early dialog has given up an answer that was lost: the INVITE counts as refused', async () => {
    const stage = await Stage.open();
    stage.callOut();
    stage.gatewayAnswers(180, { tag: 'gw' });
    stage.gatewaySends(gatewaySays(stage.gateway.request('INVITE'), 'BYE'));
    expect(stage.gateway.last().text).toMatch(/^SIP\/2\.0 200 OK/);
    expect(stage.events.slice(1)).toMatchObject([
      { on: 'refused', status: 487, cause: 'response' },
    ]);
    stage.pass(200_000);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, clientTransactions: 0 });
  });
});

describe('where the gateway leg goes', () => {
  test('never to an address of ours, whatever Contact and Record-Route say', async () => {
    for (const host of ['192.0.2.112', '198.51.100.11', '10.0.0.11']) {
      const stage = await Stage.open();
      const leg = stage.callOut();
      stage.gatewayAnswers(200, {
        tag: 'gw',
        contact: `sip:x@${host}`,
        headers: [`Record-Route: <sip:${host};lr>`],
      });
      stage.engine.acknowledge(leg, tag, NOTHING);
      stage.engine.hangUp(leg, tag, []);
      stage.pass(0);
      expect(stage.gateway.summary).toEqual(['INVITE', 'ACK', 'BYE']);
    }
  });

  test('An answer without a tag or a Contact is lived with', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut({ uri: uriText('sip:112@10.0.1.31:5080') });
    const invite = stage.gateway.request('INVITE');
    stage.gatewaySends(responds(invite, 200).replace(/Contact:.*\r\n/, ''));
    expect(stage.events).toMatchObject([{ on: 'answered', tag: '' }]);
    stage.engine.acknowledge(leg, tagOf(''), NOTHING);
    stage.pass(0);
    expect(stage.gateway.last().text).toMatch(/^ACK sip:112@10\.0\.1\.31:5080 SIP\/2\.0\r\n/);
  });
});
