import { describe, expect, test } from '@jest/globals';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { tagOf } from '../../../../lib/sip/ids.ts';
import { A, callerSays, gatewaySays, U } from './peers.ts';
import { Stage, says } from './stage.ts';

const inDialog = (method: string, cseq: number, more: Parameters<typeof callerSays>[1] = {}) =>
  callerSays(method, { toTag: 'ours', cseq, ...more });
const said = (stage: Stage, name: string) => headerValue(stage.caller.last().message.headers, name);

describe('a BYE of the caller', () => {
  test('the UAS core MUST generate a 2xx response to the BYE, and MUST pass that to the server transaction for transmission. [3261-15.1.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA();
    const bye = inDialog('BYE', 2, { headers: ['Reason: Q.850;cause=16'] });
    stage.callerSends(bye, U);
    stage.callerSends(bye, U);
    expect(stage.caller.summary.slice(2)).toEqual(['200 BYE', '200 BYE']);
    expect(stage.events.slice(1)).toMatchObject([
      { on: 'hung-up', leg, tag: 'ours', receivedOn: { listener: U } },
    ]);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.callerSends(inDialog('BYE', 3), U);
    expect(stage.caller.summary.slice(4)).toEqual(['481 BYE']);
  });

  test('is served whatever its Request-URI and Route say, on A too', async () => {
    const stage = await Stage.open();
    stage.talkingA();
    const headers = ['Route: <sip:10.66.6.6;lr>'];
    stage.callerSends(inDialog('BYE', 2, { uri: 'sip:other@10.66.6.7', headers }), A);
    expect(stage.caller.summary.at(-1)).toBe('200 BYE');
    expect(stage.caller.last().from).toEqual(A);
  });

  test('before its ACK ends the repetition of the 2xx', async () => {
    const stage = await Stage.open();
    stage.engine.answer(stage.ringIn(), says(200));
    stage.callerSends(inDialog('BYE', 2), U);
    stage.pass(60_000);
    expect(stage.caller.summary).toEqual(['100 INVITE', '200 INVITE', '200 BYE']);
    expect(stage.told).toEqual(['hung-up']);
    stage.callerSends(inDialog('ACK', 1), U);
    expect(stage.told).toEqual(['hung-up']);
  });

  test("The UAS MUST still respond to any pending requests received for that dialog: the node does, for the caller's UA MAY send a BYE for early dialogs. [3261-15] [3261-15.1.2]", async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.ring(leg, says(180));
    stage.node.onLeg = (id) => stage.engine.reject(id, says(487));
    stage.callerSends(inDialog('BYE', 2), U);
    expect(stage.caller.summary.slice(2)).toEqual(['200 BYE', '487 INVITE']);
    expect(stage.told).toEqual(['hung-up']);
  });

  test('a BYE sent without tags by a UAC will be rejected. [3261-15.1.2]', async () => {
    const stage = await Stage.open();
    stage.callerSends(callerSays('BYE'));
    expect(stage.caller.summary).toEqual(['481 BYE']);
    expect(stage.strays).toEqual([]);
  });
});

describe('other requests in a dialog', () => {
  test.each(['REFER', 'PUBLISH', 'X'])('%s is declined, and the call stays', async (method) => {
    const stage = await Stage.open();
    stage.talkingA();
    stage.callerSends(inDialog(method, 2), U);
    expect(stage.caller.summary.at(-1)).toBe(`405 ${method}`);
    expect(said(stage, 'allow')).toBe(
      'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY',
    );
    expect(stage.events.at(-1)).toMatchObject({ on: 'declined', method, status: 405 });
    stage.callerSends(inDialog('BYE', 3), U);
    expect(stage.told.at(-1)).toBe('hung-up');
  });

  test('An OPTIONS request received within a dialog generates a 200 (OK) response that is identical to one constructed outside a dialog and does not have any impact on the dialog. [3261-11.2]', async () => {
    const stage = await Stage.open();
    stage.talkingA();
    stage.callerSends(inDialog('OPTIONS', 2), U);
    expect(stage.caller.summary.at(-1)).toBe('200 OPTIONS');
    expect(said(stage, 'allow')).toBe(
      'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, SUBSCRIBE, NOTIFY',
    );
    expect(stage.told).toEqual(['acknowledged']);
  });

  test('the request is out of order and MUST be rejected with a 500 (Server Internal Error) response. [3261-12.2.2]', async () => {
    const stage = await Stage.open();
    stage.talkingA();
    stage.callerSends(inDialog('REFER', 7), U);
    stage.callerSends(inDialog('INFO', 6), U);
    expect(stage.caller.summary.slice(2)).toEqual(['405 REFER', '500 INFO']);
    expect(stage.told).toEqual(['acknowledged', 'declined']);
  });

  test('of the gateway are served in the same way', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    const invite = stage.gateway.request('INVITE');
    for (const [index, method] of ['OPTIONS', 'REFER'].entries()) {
      stage.gatewaySends(gatewaySays(invite, method, { cseq: index + 1 }));
    }
    expect(stage.gateway.summary.slice(2)).toEqual(['200 OPTIONS', '405 REFER']);
    expect(stage.events.slice(1)).toMatchObject([{ on: 'declined', method: 'REFER', leg }]);
  });

  test('if a request outside of a dialog generates a non-2xx final response, any early dialogs created through provisional responses to that request are terminated. [3261-12.3]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.ring(leg, says(180));
    stage.engine.reject(leg, says(486));
    stage.callerSends(inDialog('INFO', 2), U);
    expect(stage.caller.summary.at(-1)).toBe('481 INFO');
    expect(stage.strays).toEqual([]);
  });
});
