import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { tagOf } from '../../../../lib/sip/ids.ts';
import { A, CALLER, callerSays, U } from './peers.ts';
import { octets, Stage, says } from './stage.ts';

const headersOf = (text: string) => text.split('\r\n\r\n', 1).join('').split('\r\n').slice(1);
const contactOf = (stage: Stage) => headerValue(stage.caller.last().message.headers, 'contact');

/** Doubling from T1 to T2, for 64*T1. */
const REPEATED_AT_MS = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

describe('a call that comes in', () => {
  test('The server transaction MUST generate a 100 (Trying) response unless it knows that the TU will generate a provisional or final response within 200 ms [3261-17.2.1]', async () => {
    const stage = await Stage.open();
    stage.node.onInvite = () => expect(stage.time.nowMs).toBe(0);
    const leg = stage.ringIn();
    expect(stage.caller.summary).toEqual(['100 INVITE']);
    expect(stage.caller.last().from).toEqual(A);
    expect(stage.caller.last().message.to.tag).toBeUndefined();
    expect(stage.invites).toHaveLength(1);
    expect(stage.invites[0]).toMatchObject({
      leg,
      receivedOn: { source: CALLER, listener: { role: 'anycast' } },
      request: { method: 'INVITE', callId: 'call-a' },
    });
  });

  test('If the UAS desires to indicate some kind of progress, this is accomplished with a provisional response between 101 and 199, with the Contact and the tag that the node gives. [3261-13.3.1.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn({ headers: ['Record-Route: <sip:p.example;lr>'] });
    const body = octets('v=0\r\n');
    stage.engine.ring(
      leg,
      says(183, { reason: 'Progress', body, headers: [header('X-Any', 'y')] }),
    );
    stage.pass(0);
    expect(stage.caller.last().text).toMatch(/^SIP\/2.0 183 Progress\r\n/);
    expect(headersOf(stage.caller.last().text)).toEqual([
      expect.stringMatching(/^Via: SIP\/2.0\/UDP 203\.0\.113\.7:5060;branch=z9hG4bKpeer/),
      'Record-Route: <sip:p.example;lr>',
      'From: "A" <sip:+4670@op.example>;tag=caller',
      'To: <sip:112@192.0.2.112>;tag=ours',
      'Call-ID: call-a',
      'CSeq: 1 INVITE',
      'Contact: <sip:token@198.51.100.11:5060>',
      'X-Any: y',
      'Content-Length: 5',
    ]);
    expect(stage.caller.last().message.body).toBe('v=0\r\n');
  });

  test('A 2xx response to an INVITE SHOULD contain the Allow header field [3261-13.3.1.4]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.answer(leg, says(200));
    stage.pass(0);
    const { message, from } = stage.caller.last();
    expect(headerValue(message.headers, 'allow')).toBe(
      'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY',
    );
    expect(from).toEqual(A);
    expect(contactOf(stage)).toBe('<sip:token@198.51.100.11:5060>');
  });

  test('several tags are several dialogs: forks, to the caller [3261-12.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    for (const tag of ['one', 'two']) stage.engine.ring(leg, says(183, { tag: tagOf(tag) }));
    stage.engine.answer(leg, says(200, { tag: tagOf('two') }));
    stage.pass(0);
    expect(stage.caller.heard.map(({ message }) => message.to.tag)).toEqual([
      undefined,
      'one',
      'two',
      'two',
    ]);
    expect(stage.engine.sizes().dialogs).toBe(2);
    stage.callerSends(callerSays('ACK', { toTag: 'two' }), U);
    stage.callerSends(callerSays('BYE', { toTag: 'one', cseq: 2 }), U);
    expect(stage.caller.summary.at(-1)).toBe('481 BYE');
    expect(stage.told).toEqual(['acknowledged']);
  });

  test('an INVITE that comes again gets the last response again and is not told again', async () => {
    const stage = await Stage.open();
    const again = callerSays('INVITE', { branch: 'z9hG4bKsame' });
    stage.callerSends(again);
    stage.callerSends(again);
    const [invite] = stage.invites;
    if (invite === undefined) throw new Error('no call has come in');
    stage.engine.ring(invite.leg, says(180));
    stage.callerSends(again);
    expect(stage.caller.summary).toEqual(['100 INVITE', '100 INVITE', '180 INVITE', '180 INVITE']);
    stage.engine.answer(invite.leg, says(200));
    stage.callerSends(again);
    expect(stage.caller.summary.slice(4)).toEqual(['200 INVITE']);
    expect(stage.invites).toHaveLength(1);
  });

  test('a refusal is repeated until its ACK, which nobody hears of', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn({ branch: 'z9hG4bKinv' });
    stage.engine.reject(leg, says(486));
    stage.pass(1500);
    expect(stage.caller.summary).toEqual(['100 INVITE', '486 INVITE', '486 INVITE', '486 INVITE']);
    stage.callerSends(callerSays('ACK', { branch: 'z9hG4bKinv', toTag: 'ours' }));
    stage.pass(60_000);
    expect(stage.caller.heard).toHaveLength(4);
    expect(stage.told).toEqual([]);
    expect(stage.strays).toEqual([]);
  });

  test('one final response is all that is sent', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.reject(leg, says(486));
    stage.engine.answer(leg, says(200));
    stage.engine.ring(leg, says(180));
    stage.engine.reject(leg, says(500));
    stage.pass(0);
    expect(stage.caller.summary).toEqual(['100 INVITE', '486 INVITE']);
  });

  test('a response goes to where its request came from only as far as the caller asks for that', async () => {
    const stage = await Stage.open();
    const via = 'SIP/2.0/UDP 203.0.113.7:5062;branch=z9hG4bKnorport';
    const other = { address: CALLER.address, port: 5062 };
    const heard: string[] = [];
    stage.network.attach(other, {
      onDatagram: (bytes) => void heard.push(bytes.toString('latin1').slice(0, 11)),
      onSendFailure: () => undefined,
    });
    stage.callerSends(callerSays('INVITE', { via }));
    expect(heard).toEqual(['SIP/2.0 100']);
    expect(stage.caller.heard).toEqual([]);
  });
});

describe('the 2xx and its ACK', () => {
  test('The 2xx response is passed to the transport with an interval that starts at T1 seconds and doubles for each retransmission until it reaches T2 seconds [3261-13.3.1.4]', async () => {
    const stage = await Stage.open();
    stage.engine.answer(stage.ringIn(), says(200));
    stage.pass(40_000);
    const oks = stage.caller.heard.filter(({ text }) => text.startsWith('SIP/2.0 200'));
    expect(oks.map(({ atMs }) => atMs)).toEqual(REPEATED_AT_MS);
    expect(new Set(oks.map(({ text }) => text)).size).toBe(1);
  });

  test('Response retransmissions cease when an ACK request for the response is received. [3261-13.3.1.4]', async () => {
    const stage = await Stage.open();
    stage.engine.answer(stage.ringIn(), says(200));
    stage.pass(600);
    const ack = callerSays('ACK', { toTag: 'ours', body: 'v=0\r\n' });
    stage.callerSends(ack, U);
    stage.callerSends(ack, U);
    stage.pass(60_000);
    expect(stage.caller.summary).toEqual(['100 INVITE', '200 INVITE', '200 INVITE']);
    expect(stage.events).toMatchObject([
      { on: 'acknowledged', tag: 'ours', body: 'v=0\r\n', receivedOn: { listener: U } },
    ]);
  });

  test('If the server retransmits the 2xx response for 64*T1 seconds without receiving an ACK, the dialog is confirmed [3261-13.3.1.4]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.answer(leg, says(200));
    stage.pass(100_000);
    expect(stage.events).toMatchObject([{ on: 'unacknowledged', tag: 'ours', atMs: 32_000, leg }]);
    stage.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
    expect(stage.told).toEqual(['unacknowledged', 'acknowledged']);
    stage.callerSends(callerSays('BYE', { toTag: 'ours', cseq: 2 }), U);
    expect(stage.told.at(-1)).toBe('hung-up');
  });

  test('an ACK with the branch of the INVITE, as some phones send it, counts', async () => {
    const stage = await Stage.open();
    stage.engine.answer(stage.ringIn({ branch: 'z9hG4bKinv' }), says(200));
    stage.callerSends(callerSays('ACK', { branch: 'z9hG4bKinv', toTag: 'ours' }), A);
    expect(stage.told).toEqual(['acknowledged']);
  });

  test('an ACK of another INVITE does not count', async () => {
    const stage = await Stage.open();
    stage.engine.answer(stage.ringIn(), says(200));
    stage.callerSends(callerSays('ACK', { toTag: 'ours', cseq: 2 }), U);
    expect(stage.told).toEqual([]);
    expect(stage.strays).toEqual([]);
  });
});
