import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { type RequestId, requestId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { callerSays, responds, U } from './peers.ts';
import { NOTHING, octets, Stage, says } from './stage.ts';

const CONTACT = uriText('sip:token@198.51.100.11:5060');
const TYPE = header('Content-Type', 'application/sdp');
const ABLE = ['Supported: timer', 'Session-Expires: 90'];
const ALLOWS = 'Allow: INVITE, UPDATE';
const sdp = (version: number) => ({ headers: [TYPE], body: octets(`v=0\r\no=- 1 ${version}\r\n`) });
const OK = { status: 200, reason: 'OK', contact: CONTACT };

/** A call whose caller has said that, and whose answer has SDP. */
async function talking(...headers: string[]) {
  const stage = await Stage.open();
  const leg = stage.ringIn({ headers });
  stage.engine.answer(leg, says(200, sdp(1)));
  stage.pass(0);
  const answer = stage.caller.last().message;
  stage.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
  const heard = (from: number) => stage.caller.summary.slice(2 + from);
  const told = () => stage.told.slice(1);
  const replies = (status: number, ...more: string[]) => {
    const request = stage.caller.last().message;
    if (request.kind !== 'request') throw new Error('nothing was asked');
    stage.callerSends(responds(request, status, { headers: more }), U);
  };
  const asks = (method: string, cseq: number, more: Parameters<typeof callerSays>[1] = {}) =>
    stage.callerSends(callerSays(method, { toTag: 'ours', cseq, ...more }), U);
  /** The node asks, and the caller says that. */
  const asked = (body: ReturnType<typeof sdp>, status: number, name: RequestId) => {
    const order = { request: name, method: 'INVITE', contact: CONTACT, maxForwards: 69, ...body };
    stage.engine.ask(leg, tagOf('ours'), order);
    stage.pass(0);
    replies(status, 'Session-Expires: 90;refresher=uac');
    stage.engine.confirm(leg, name, NOTHING);
    stage.pass(0);
  };
  return { stage, leg, answer, heard, told, replies, asks, asked };
}

const value = (stage: Stage, name: string) =>
  headerValue(stage.caller.last().message.headers, name);

describe('the session timer of leg a', () => {
  test("If the refresher parameter in the Session-Expires header field in the 2xx response has a value of 'uas' and the Supported header field in the request contained the value 'timer', the UAS SHOULD place a Require header field into the response with the value 'timer'. [4028-9]", async () => {
    const { answer } = await talking(...ABLE);
    expect(headerValue(answer.headers, 'session-expires')).toBe('90;refresher=uas');
    expect(headerValue(answer.headers, 'require')).toBe('timer');
    expect(headerValue(answer.headers, 'supported')).toBe('100rel, timer');
  });

  test('a caller that speaks of no timer gets none, and is asked nothing [4028-9]', async () => {
    const { answer, stage, heard } = await talking(ALLOWS);
    expect(headerValue(answer.headers, 'session-expires')).toBeUndefined();
    expect(headerValue(answer.headers, 'require')).toBeUndefined();
    stage.pass(7_200_000);
    expect(heard(0)).toEqual([]);
  });

  test('It is RECOMMENDED that the UPDATE request not contain an offer; the node hears nothing of it [4028-7.4]', async () => {
    const { stage, heard, told, replies } = await talking(...ABLE, ALLOWS);
    stage.pass(44_999);
    expect(heard(0)).toEqual([]);
    stage.pass(1);
    expect(heard(0)).toEqual(['UPDATE']);
    expect(stage.caller.last().message.body).toBe('');
    expect(value(stage, 'session-expires')).toBe('90;refresher=uac');
    expect(value(stage, 'contact')).toBe(`<${CONTACT}>`);
    replies(200, 'Session-Expires: 90;refresher=uac');
    stage.pass(45_000);
    expect(heard(1)).toEqual(['UPDATE']);
    expect(told()).toEqual([]);
  });

  test('a re-INVITE SHOULD contain an offer, even if the details of the session have not changed: it is what was said last and taken [4028-7.4]', async () => {
    const { stage, heard, told, replies, asked } = await talking(...ABLE);
    stage.pass(45_000);
    expect(heard(0)).toEqual(['INVITE']);
    expect(stage.caller.last().message.body).toBe(sdp(1).body);
    expect(value(stage, 'content-type')).toBe('application/sdp');
    replies(200, 'Session-Expires: 90;refresher=uac');
    expect(heard(1)).toEqual(['ACK']);
    expect(told()).toEqual([]);
    asked(sdp(2), 200, requestId('q1'));
    asked(sdp(3), 488, requestId('q2'));
    stage.pass(45_000);
    expect(stage.caller.last().message).toMatchObject({ method: 'INVITE', body: sdp(2).body });
  });

  test('what the node answers within the dialog is the last that was said as well', async () => {
    const { stage, leg, asks } = await talking(...ABLE);
    asks('INVITE', 2, { headers: ABLE });
    const event = stage.events.at(-1);
    if (event?.on !== 'asked') throw new Error('nothing was asked');
    stage.engine.reply(leg, event.request, { ...OK, ...sdp(2) });
    stage.pass(0);
    expect(value(stage, 'session-expires')).toBe('90;refresher=uas');
    expect(value(stage, 'require')).toBe('timer');
    asks('ACK', 2);
    stage.pass(45_000);
    expect(stage.caller.last().message).toMatchObject({ method: 'INVITE', body: sdp(2).body });
  });

  test('a call of which no SDP is known is not refreshed by re-INVITE: that would begin something new', async () => {
    const stage = await Stage.open();
    stage.talkingA({ headers: ABLE });
    stage.pass(200_000);
    expect(stage.caller.summary).toEqual(['100 INVITE', '200 INVITE']);
  });

  test('a UAC MUST NOT initiate a new INVITE transaction within a dialog while another INVITE transaction is in progress in either direction: a refresh waits [3261-14.1]', async () => {
    const { stage, leg, heard, asks } = await talking(...ABLE);
    stage.pass(44_000);
    asks('INVITE', 2);
    const event = stage.events.at(-1);
    if (event?.on !== 'asked') throw new Error('nothing was asked');
    stage.pass(2000);
    expect(heard(0)).toEqual(['100 INVITE']);
    stage.engine.reply(leg, event.request, { ...OK, status: 488, ...NOTHING });
    asks('ACK', 2);
    stage.pass(4000);
    expect(heard(1)).toContain('INVITE');
  });

  test('but an UPDATE without an offer does not wait for a re-INVITE that stays open', async () => {
    const { stage, heard, asks } = await talking(...ABLE, ALLOWS);
    stage.pass(44_000);
    asks('INVITE', 2);
    stage.pass(1000);
    expect(heard(0)).toEqual(['100 INVITE', 'UPDATE']);
  });

  test('every INVITE and UPDATE of the node refreshes the session as well [4028-7.4]', async () => {
    const { stage, heard, asked } = await talking(...ABLE, ALLOWS);
    stage.pass(40_000);
    asked(sdp(2), 200, requestId('q1'));
    expect(heard(0)).toEqual(['INVITE', 'ACK']);
    const invite = stage.caller.request('INVITE');
    expect(headerValue(invite.headers, 'session-expires')).toBe('90;refresher=uac');
    stage.pass(44_999);
    expect(heard(2)).toEqual([]);
    stage.pass(1);
    expect(heard(2)).toEqual(['UPDATE']);
  });

  test("the session timer can be 'turned-off' in mid dialog by receiving a response without a Session-Expires header field. [4028-7.2]", async () => {
    const { stage, heard, replies } = await talking(...ABLE, ALLOWS);
    stage.pass(45_000);
    replies(200);
    stage.pass(600_000);
    expect(heard(0)).toEqual(['UPDATE']);
    expect(stage.time.pending).toBe(0);
  });

  test('a refresh whose interval is too small for somebody on the way is sent again with a greater one [4028-7.4]', async () => {
    const { stage, heard, replies } = await talking(...ABLE, ALLOWS);
    stage.pass(45_000);
    replies(422, 'Min-SE: 300');
    expect(heard(0)).toEqual(['UPDATE', 'UPDATE']);
    expect(value(stage, 'session-expires')).toBe('300;refresher=uac');
    expect(value(stage, 'min-se')).toBe('300');
  });

  test('a far end that finds ever more too small is believed a few times, and then refreshed no more for a while', async () => {
    const { stage, heard, replies } = await talking(...ABLE, ALLOWS);
    stage.pass(45_000);
    for (const minSe of [100, 200, 300, 400]) replies(422, `Min-SE: ${minSe}`);
    expect(heard(0)).toEqual(['UPDATE', 'UPDATE', 'UPDATE', 'UPDATE']);
    stage.pass(31_999);
    expect(heard(4)).toEqual([]);
    stage.pass(1);
    expect(heard(4)).toEqual(['UPDATE']);
  });

  test('If the session refresh request transaction generates a 481 response, the node is told that the session has expired [4028-10]', async () => {
    const { stage, leg, told, replies } = await talking(...ABLE, ALLOWS);
    stage.pass(45_000);
    replies(481);
    expect(told()).toEqual(['expired']);
    expect(stage.events.at(-1)).toMatchObject({ leg, tag: 'ours', status: 481 });
    stage.pass(600_000);
    expect(told()).toEqual(['expired']);
  });

  test('a 2xx of a joined INVITE names the same session', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn({ headers: ABLE });
    const further = stage.ringIn({ headers: ABLE, via: 'SIP/2.0/UDP 203.0.113.7;branch=z9hG4bKx' });
    expect(stage.engine.join(further, leg)).toBe(true);
    stage.engine.answer(leg, says(200));
    stage.pass(0);
    const both = stage.caller.heard.slice(-2).map(({ message }) => message.headers);
    const named = both.map((headers) => headerValue(headers, 'session-expires'));
    expect(named).toEqual(['90;refresher=uas', '90;refresher=uas']);
  });

  test('with the dialog its timer ends, also that of a refresh on its way', async () => {
    const { stage, leg, heard, told } = await talking(...ABLE);
    stage.pass(45_000);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(heard(0)).toEqual(['INVITE', 'BYE']);
    stage.callerSends(responds(stage.caller.request('BYE'), 200), U);
    stage.pass(300_000);
    expect(told()).toEqual([]);
    expect(stage.time.pending).toBe(0);
  });
});

describe('a caller that refreshes', () => {
  const THEIRS = ['Supported: timer', 'Session-Expires: 90;refresher=uac'];

  test('by UPDATE without a body is answered by the engine; its Contact is the new target [4028-9]', async () => {
    const { stage, leg, told, asks } = await talking(...THEIRS);
    stage.pass(50_000);
    const moved = 'sip:moved@203.0.113.7:5060';
    const update = callerSays('UPDATE', { toTag: 'ours', cseq: 2, headers: THEIRS });
    stage.callerSends(update.replace('sip:phone@203.0.113.7:5060', moved), U);
    expect(stage.caller.summary.at(-1)).toBe('200 UPDATE');
    expect(value(stage, 'session-expires')).toBe('90;refresher=uac');
    expect(value(stage, 'require')).toBe('timer');
    expect(value(stage, 'contact')).toBe(`<${CONTACT}>`);
    asks('UPDATE', 3);
    expect(told()).toEqual(['asked']);
    stage.pass(59_999);
    expect(told()).toEqual(['asked']);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(stage.caller.request('BYE').uri).toBe(moved);
  });

  test('if the side not performing refreshes does not receive a session refresh request before the session expiration, it SHOULD send a BYE slightly before: the node is told once [4028-10]', async () => {
    const { stage, told } = await talking(...THEIRS);
    stage.pass(59_999);
    expect(told()).toEqual([]);
    stage.pass(1);
    expect(stage.events.at(-1)).toMatchObject({ on: 'expired', tag: 'ours', status: 408 });
    stage.pass(600_000);
    expect(told()).toEqual(['expired']);
  });

  test('with too small an interval has no session timer any more [4028-9]', async () => {
    const { stage, told, asks } = await talking(...THEIRS);
    asks('UPDATE', 2, { headers: ['Supported: timer', 'Session-Expires: 30'] });
    expect(stage.caller.summary.at(-1)).toBe('200 UPDATE');
    expect(value(stage, 'session-expires')).toBeUndefined();
    stage.pass(600_000);
    expect(told()).toEqual([]);
  });
});
