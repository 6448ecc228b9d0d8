import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { legId, tagOf } from '../../../../lib/sip/ids.ts';
import type { SipRequest } from '../../../../lib/sip/message.ts';
import { gatewaySays, responds } from './peers.ts';
import { NOTHING, octets, Stage } from './stage.ts';

const GW = tagOf('gw');
const OURS = 'Session-Expires: 120;refresher=uac';
const ALLOWS = 'Allow: INVITE, UPDATE';
const invites = ({ gateway }: Stage): SipRequest[] =>
  gateway.heard.flatMap(({ message }) =>
    message.kind === 'request' && message.method === 'INVITE' ? [message] : [],
  );
const named = (message: SipRequest | undefined, name: string) =>
  headerValue(message?.headers ?? [], name);
const heard = ({ gateway }: Stage) => gateway.summary;

/** The gateway finds the interval of the last INVITE too small. */
const refuses = (stage: Stage, minSe: number) =>
  stage.gatewayAnswers(422, { tag: 'gw', headers: [`Min-SE: ${minSe}`] });

describe('the session timer of leg b', () => {
  test("A UAC MUST include a Supported header field listing the option tag 'timer', and MAY include a Session-Expires header field [4028-7.1]", async () => {
    const stage = await Stage.open();
    stage.callOut();
    const [invite] = invites(stage);
    expect(named(invite, 'supported')).toBe('timer');
    expect(named(invite, 'session-expires')).toBe('1800;refresher=uac');
    expect(named(invite, 'min-se')).toBeUndefined();
  });

  test('a site that wants none names no interval, and refreshes a gateway that does [4028-7.2]', async () => {
    const stage = await Stage.open({ sessionExpiresSec: 0 });
    stage.talkingB({ headers: [OURS, ALLOWS] });
    expect(named(invites(stage)[0], 'supported')).toBe('timer');
    expect(named(invites(stage)[0], 'session-expires')).toBeUndefined();
    stage.pass(60_000);
    expect(heard(stage).slice(2)).toEqual(['UPDATE']);
  });

  test('If the 2xx response did not contain a Session-Expires header field, no refreshes need to be sent. [4028-7.2]', async () => {
    const stage = await Stage.open();
    stage.talkingB({ headers: [ALLOWS] });
    stage.pass(7_200_000);
    expect(heard(stage)).toEqual(['INVITE', 'ACK']);
    expect(stage.time.pending).toBe(0);
  });

  test('a re-INVITE repeats the offer of the INVITE [4028-7.4]', async () => {
    const stage = await Stage.open();
    stage.talkingB({ headers: [OURS] });
    stage.pass(60_000);
    expect(heard(stage).slice(2)).toEqual(['INVITE']);
    expect(invites(stage)[1]?.body).toBe('v=0\r\n');
    expect(invites(stage)[1]?.cseq.number).toBe(2);
  });

  test('or, where the gateway has made the offer, our answer in the ACK [4028-7.4]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut({ headers: [], body: octets('') });
    stage.gatewayAnswers(200, { tag: 'gw', headers: [OURS] });
    const type = header('Content-Type', 'application/sdp');
    const answer = { headers: [type], body: octets('v=0\r\ns=answer\r\n') };
    stage.engine.acknowledge(leg, GW, answer);
    stage.pass(60_000);
    expect(invites(stage)[1]?.body).toBe(answer.body);
  });

  test('a gateway that is to refresh, and says UPDATE, is answered [4028-9]', async () => {
    const stage = await Stage.open();
    stage.talkingB({ headers: ['Session-Expires: 120;refresher=uas'] });
    const headers = ['Supported: timer', 'Session-Expires: 120;refresher=uac'];
    stage.pass(60_000);
    stage.gatewaySends(gatewaySays(stage.gateway.request('INVITE'), 'UPDATE', { headers }));
    expect(heard(stage).at(-1)).toBe('200 UPDATE');
    stage.pass(87_999);
    expect(stage.told).toEqual(['answered']);
    stage.pass(1);
    expect(stage.events.at(-1)).toMatchObject({ on: 'expired', tag: 'gw', status: 408 });
  });
});

describe('a gateway that finds the session interval too small', () => {
  test('SHOULD be asked again with the same Call-ID, To and From, a CSeq one higher, and Min-SE; the node hears nothing of it [4028-7.3]', async () => {
    const stage = await Stage.open();
    stage.callOut();
    refuses(stage, 3600);
    expect(heard(stage)).toEqual(['INVITE', 'ACK', 'INVITE']);
    const [first, second] = invites(stage);
    expect(second?.cseq.number).toBe(2);
    for (const name of ['call-id', 'from', 'to', 'contact', 'max-forwards', 'content-type']) {
      expect(named(second, name)).toBe(named(first, name));
    }
    expect(second?.body).toBe(first?.body);
    expect(second?.via.branch).not.toBe(first?.via.branch);
    expect(named(second, 'session-expires')).toBe('3600;refresher=uac');
    expect(named(second, 'min-se')).toBe('3600');
    expect(stage.told).toEqual([]);
    stage.gatewayAnswers(200, { tag: 'gw' });
    stage.engine.acknowledge(legId('b1'), GW, NOTHING);
    stage.pass(0);
    expect(stage.gateway.request('ACK').cseq.number).toBe(2);
    expect(stage.told).toEqual(['answered']);
  });

  test('gets the ACK of each refusal again that it repeats [3261-17.1.1.3]', async () => {
    const stage = await Stage.open();
    stage.callOut();
    const [first] = invites(stage);
    refuses(stage, 3600);
    if (first === undefined) throw new Error('there was no INVITE');
    stage.gatewaySends(responds(first, 422, { tag: 'gw', headers: ['Min-SE: 3600'] }));
    expect(heard(stage)).toEqual(['INVITE', 'ACK', 'INVITE', 'ACK']);
    expect(stage.gateway.request('ACK').via.branch).toBe(first.via.branch);
    expect(stage.gateway.request('ACK').cseq.number).toBe(1);
  });

  test('is believed a few times, as long as it wants more each time', async () => {
    const stage = await Stage.open();
    stage.callOut();
    for (const minSe of [2000, 3000, 4000, 5000]) refuses(stage, minSe);
    expect(invites(stage).map((one) => named(one, 'session-expires')?.split(';')[0])).toEqual([
      '1800',
      '2000',
      '3000',
      '4000',
    ]);
    expect(stage.told).toEqual(['refused']);
    expect(stage.events.at(-1)).toMatchObject({ status: 422, cause: 'response' });
  });

  test.each([
    ['wants what it got', 1800, {}],
    ['was asked for none', 3600, { sessionExpiresSec: 0 }],
  ])('and %s is taken at its word', async (_, minSe, limits) => {
    const stage = await Stage.open(limits);
    stage.callOut();
    refuses(stage, minSe);
    expect(invites(stage)).toHaveLength(1);
    expect(stage.told).toEqual(['refused']);
  });

  test('is not asked again by a call that is given up, before or after a provisional', async () => {
    for (const rings of [false, true]) {
      const stage = await Stage.open();
      const leg = stage.callOut();
      if (rings) stage.gatewayAnswers(100);
      stage.engine.cancel(leg, []);
      refuses(stage, 3600);
      expect(invites(stage)).toHaveLength(1);
      expect(stage.told.at(-1)).toBe('refused');
    }
  });

  test('a CANCEL is that of the INVITE that is open [3261-9.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    refuses(stage, 3600);
    stage.gatewayAnswers(180, { tag: 'gw' });
    stage.engine.cancel(leg, []);
    stage.pass(0);
    const cancel = stage.gateway.request('CANCEL');
    expect(cancel.cseq.number).toBe(2);
    expect(cancel.via.branch).toBe(invites(stage)[1]?.via.branch);
  });

  test('leaves nothing behind', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    refuses(stage, 3600);
    stage.pass(20_000);
    stage.gatewayAnswers(200, { tag: 'gw', headers: [OURS, ALLOWS] });
    stage.engine.acknowledge(leg, GW, NOTHING);
    stage.pass(50_000);
    expect(stage.engine.sizes()).toMatchObject({ legs: 1, dialogs: 1, clientTransactions: 1 });
    stage.engine.hangUp(leg, GW, []);
    stage.pass(0);
    stage.gatewaySends(responds(stage.gateway.request('BYE'), 200));
    stage.pass(100_000);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, dialogs: 0, clientTransactions: 0 });
    expect(stage.time.pending).toBe(0);
  });
});
