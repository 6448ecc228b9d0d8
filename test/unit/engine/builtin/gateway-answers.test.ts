import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { B, GATEWAY, gatewaySays, responds } from './peers.ts';
import { NOTHING, octets, Stage } from './stage.ts';

const tag = tagOf('gw');

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
