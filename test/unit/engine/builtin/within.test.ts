import { describe, expect, test } from '@jest/globals';
import type { LegEvent } from '../../../../lib/ports/sip-engine.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { type LegId, type RequestId, requestId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { callerSays, gatewaySays, responds, U } from './peers.ts';
import { NOTHING, octets, Stage } from './stage.ts';

const CONTACT = uriText('sip:token@198.51.100.11:5060');
const OK = { status: 200, reason: 'OK', contact: CONTACT, ...NOTHING };

const inDialog = (method: string, cseq: number, more: Parameters<typeof callerSays>[1] = {}) =>
  callerSays(method, { toTag: 'ours', cseq, ...more });

function asked(stage: Stage): Extract<LegEvent, { on: 'asked' }> & { readonly leg: LegId } {
  const found = stage.events.findLast((event) => event.on === 'asked');
  if (found?.on !== 'asked') throw new Error('nothing was asked');
  return found;
}

const order = (method: string, request: RequestId = requestId('q1'), body = 'v=0\r\n') => ({
  request,
  method,
  contact: CONTACT,
  maxForwards: 69,
  headers: [],
  body: octets(body),
});

const said = (stage: Stage, name: string) => headerValue(stage.caller.last().message.headers, name);

describe('a re-INVITE of theirs', () => {
  test('waits for the node, and its 2xx is repeated until the ACK [3261-14.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA();
    stage.callerSends(inDialog('INVITE', 2, { body: 'v=0\r\n' }), U);
    expect(stage.caller.summary.slice(2)).toEqual(['100 INVITE']);
    const { request } = asked(stage);
    expect(asked(stage)).toMatchObject({ leg, method: 'INVITE', maxForwards: 70, tag: 'ours' });
    stage.engine.reply(leg, request, OK);
    stage.pass(1600);
    expect(stage.caller.summary.slice(3)).toEqual(['200 INVITE', '200 INVITE', '200 INVITE']);
    expect(said(stage, 'contact')).toBe(`<${CONTACT}>`);
    stage.callerSends(inDialog('ACK', 2), U);
    stage.pass(60_000);
    expect(stage.caller.summary).toHaveLength(6);
    expect(stage.events.at(-1)).toMatchObject({ on: 'confirmed', request, leg });
  });

  test('may be told that it is being worked on; when it comes again it hears that again [3261-17.2.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA();
    const invite = inDialog('INVITE', 2, { branch: 'z9hG4bK-again', body: 'v=0\r\n' });
    stage.callerSends(invite, U);
    const { request } = asked(stage);
    stage.engine.reply(leg, request, { ...OK, status: 180, reason: 'Ringing' });
    stage.pass(0);
    expect(said(stage, 'contact')).toBe(`<${CONTACT}>`);
    stage.callerSends(invite, U);
    stage.engine.reply(leg, request, OK);
    stage.pass(0);
    expect(stage.caller.summary.slice(2)).toEqual([
      '100 INVITE',
      '180 INVITE',
      '180 INVITE',
      '200 INVITE',
    ]);
  });

  test('A UAS that receives a second INVITE before it sends the final response to a first INVITE with a lower CSeq sequence number on the same dialog MUST return a 500 (Server Internal Error) response to the second INVITE and MUST include a Retry-After header field with a randomly chosen value of between 0 and 10 seconds. [3261-14.2]', async () => {
    const stage = await Stage.open();
    stage.talkingA();
    stage.callerSends(inDialog('INVITE', 2), U);
    stage.callerSends(inDialog('INVITE', 3), U);
    expect(stage.caller.summary.slice(2)).toEqual(['100 INVITE', '500 INVITE']);
    const seconds = Number(said(stage, 'retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(seconds).toBeLessThanOrEqual(10);
    expect(stage.told).toEqual(['acknowledged', 'asked']);
  });

  test('A UAS that receives an INVITE on a dialog while an INVITE it had sent on that dialog is in progress MUST return a 491 (Request Pending) response to the received INVITE. [3261-14.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA();
    stage.engine.ask(leg, tagOf('ours'), order('INVITE'));
    stage.callerSends(inDialog('INVITE', 2), U);
    expect(stage.caller.summary.slice(2)).toEqual(['INVITE', '491 INVITE']);
  });

  test('The UAS MUST still respond to any pending requests received for that dialog. It is RECOMMENDED that a 487 (Request Terminated) response be generated to those pending requests. [3261-15.1.2]', async () => {
    const stage = await Stage.open();
    stage.talkingA();
    stage.callerSends(inDialog('INVITE', 2), U);
    stage.callerSends(inDialog('INFO', 3), U);
    stage.callerSends(inDialog('BYE', 4), U);
    const heard = stage.caller.summary.slice(3).sort();
    expect(heard).toEqual(['200 BYE', '487 INFO', '487 INVITE']);
  });
});

describe('a re-INVITE of ours', () => {
  test('a UAC MUST NOT initiate a new INVITE transaction within a dialog while another INVITE transaction is in progress in either direction. [3261-14.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA();
    stage.engine.ask(leg, tagOf('ours'), order('INVITE'));
    stage.engine.ask(leg, tagOf('ours'), order('INVITE', requestId('q2')));
    stage.pass(0);
    expect(stage.caller.summary.slice(2)).toEqual(['INVITE']);
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', request: 'q2', status: 491 });
  });

  test("When a UAC receives a 2xx response to a target refresh request, it MUST replace the dialog's remote target URI with the URI from the Contact header field in that response, if present. [3261-12.2.1.2]", async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    stage.engine.ask(leg, tagOf('gw'), order('INVITE'));
    stage.pass(0);
    const contact = 'sip:moved@10.0.1.31:5080';
    const ok = responds(stage.gateway.request('INVITE'), 200, { contact });
    stage.gatewaySends(ok);
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', request: 'q1', status: 200 });
    stage.engine.confirm(leg, requestId('q1'), NOTHING);
    stage.pass(0);
    expect(stage.gateway.request('ACK').uri).toBe(contact);
    stage.gatewaySends(ok);
    expect(stage.gateway.summary).toEqual(['INVITE', 'ACK', 'INVITE', 'ACK', 'ACK']);
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(0);
    expect(stage.gateway.request('BYE').uri).toBe(contact);
  });

  test('is told of as it goes on: every provisional but 100, none of which changes the target', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    stage.engine.ask(leg, tagOf('gw'), order('INVITE'));
    stage.pass(0);
    const invite = stage.gateway.request('INVITE');
    stage.gatewaySends(responds(invite, 100));
    stage.gatewaySends(responds(invite, 183, { contact: 'sip:moved@10.0.1.31:5080' }));
    const heard = stage.events.filter((event) => event.on === 'replied');
    expect(heard.map(({ status }) => status)).toEqual([183]);
    stage.gatewaySends(responds(invite, 488));
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(0);
    expect(stage.gateway.request('BYE').uri).not.toBe('sip:moved@10.0.1.31:5080');
  });

  test('the target is theirs to change, too: it MUST replace the URI with that of a request that was accepted. [3261-12.2.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    const invite = stage.gateway.request('INVITE');
    const headers = ['Contact: <sip:moved@10.0.1.31:5080>'];
    stage.gatewaySends(gatewaySays(invite, 'UPDATE', { headers }));
    stage.engine.reply(leg, asked(stage).request, OK);
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(0);
    expect(stage.gateway.request('BYE').uri).toBe('sip:moved@10.0.1.31:5080');
  });

  test('that is not answered leaves nothing behind, also when the leg ends meanwhile', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    stage.engine.ask(leg, tagOf('gw'), order('INVITE'));
    stage.pass(0);
    stage.gatewaySends(responds(stage.gateway.request('INVITE'), 180));
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(200_000);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, clientTransactions: 0 });
    expect(stage.time.pending).toBe(0);
  });
});

describe('a re-INVITE of ours that is worked on', () => {
  test('gets as long as Timer C, and a 2xx after that still gets its ACK [3261-16.8]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    stage.engine.ask(leg, tagOf('gw'), order('INVITE'));
    stage.pass(0);
    stage.gatewaySends(responds(stage.gateway.request('INVITE'), 100));
    stage.pass(179_000);
    expect(stage.told).toEqual(['answered']);
    stage.pass(1000);
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', request: 'q1', status: 408 });
    stage.gatewaySends(responds(stage.gateway.request('INVITE'), 200));
    expect(stage.gateway.summary.at(-1)).toBe('ACK');
    expect(stage.told).toEqual(['answered', 'replied']);
  });
});

describe('other requests that cross', () => {
  test.each(['UPDATE', 'INFO', 'MESSAGE', 'NOTIFY'])(
    '%s: answered as the node says',
    async (method) => {
      const stage = await Stage.open();
      const leg = stage.talkingA();
      stage.callerSends(inDialog(method, 2), U);
      stage.engine.reply(leg, asked(stage).request, { ...OK, status: 415, reason: 'No' });
      stage.pass(0);
      expect(stage.caller.summary.at(-1)).toBe(`415 ${method}`);
    },
  );

  test('many at once: beyond the limit they are to come again later', async () => {
    const stage = await Stage.open({ requestsPerDialogMax: 2 });
    stage.talkingA();
    for (const cseq of [2, 3, 4]) stage.callerSends(inDialog('INFO', cseq), U);
    expect(stage.caller.summary.slice(2)).toEqual(['500 INFO']);
    expect(stage.told).toEqual(['acknowledged', 'asked', 'asked']);
  });

  test('one with no hops left goes no further', async () => {
    const stage = await Stage.open();
    stage.talkingA();
    stage.callerSends(inDialog('INFO', 2).replace('Max-Forwards: 70', 'Max-Forwards: 0'), U);
    expect(stage.caller.summary.at(-1)).toBe('483 INFO');
  });
});
