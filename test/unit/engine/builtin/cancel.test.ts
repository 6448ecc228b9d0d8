import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { tagOf } from '../../../../lib/sip/ids.ts';
import { A, callerSays, responds, U } from './peers.ts';
import { Stage, says } from './stage.ts';

const BRANCH = 'z9hG4bKinv';

describe('a caller that cancels', () => {
  test('If the UAS has not issued a final response for the original request, the node is told; as long as the CANCEL matched an existing transaction, the UAS answers the CANCEL request itself with a 200 (OK) response. [3261-9.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn({ branch: BRANCH });
    stage.engine.ring(leg, says(180));
    stage.node.onLeg = (id, { on }) => {
      if (on === 'cancelled') stage.engine.reject(id, says(487));
    };
    stage.callerSends(callerSays('CANCEL', { branch: BRANCH, headers: ['Reason: SIP;cause=26'] }));
    expect(stage.caller.summary).toEqual(['100 INVITE', '180 INVITE', '200 CANCEL', '487 INVITE']);
    expect(stage.events).toMatchObject([
      { on: 'cancelled', leg, receivedOn: { listener: { role: 'anycast' } } },
    ]);
    const [event] = stage.events;
    expect(event?.on === 'cancelled' && headerValue(event.headers, 'reason')).toBe('SIP;cause=26');
  });

  test('the To tag of the response to the CANCEL and the To tag in the response to the original request SHOULD be the same. [3261-9.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn({ branch: BRANCH });
    stage.engine.ring(leg, says(180));
    stage.callerSends(callerSays('CANCEL', { branch: BRANCH }));
    expect(stage.caller.last().message.to.tag).toBe('ours');
  });

  test('twice is told once, and a CANCEL that comes again gets its 200 again', async () => {
    const stage = await Stage.open();
    stage.ringIn({ branch: BRANCH });
    stage.callerSends(callerSays('CANCEL', { branch: BRANCH }));
    stage.callerSends(callerSays('CANCEL', { branch: BRANCH }));
    expect(stage.caller.summary).toEqual(['100 INVITE', '200 CANCEL', '200 CANCEL']);
    expect(stage.told).toEqual(['cancelled']);
  });

  test.each([
    ['200', 200],
    ['486', 486],
  ])(
    'If it has already sent a final response, the CANCEL request has no effect on the processing of the original request, no effect on any session state, and no effect on the responses generated for the original request. (%s) [3261-9.2]',
    async (_, status) => {
      const stage = await Stage.open();
      const leg = stage.ringIn({ branch: BRANCH });
      if (status === 200) stage.engine.answer(leg, says(200));
      else stage.engine.reject(leg, says(status));
      stage.callerSends(callerSays('CANCEL', { branch: BRANCH }));
      expect(stage.caller.summary.at(-1)).toBe('200 CANCEL');
      expect(stage.told).toEqual([]);
      if (status === 200) stage.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
      expect(stage.told).toEqual(status === 200 ? ['acknowledged'] : []);
    },
  );

  test('If the UAS did not find a matching transaction for the CANCEL according to the procedure above, it SHOULD respond to the CANCEL with a 481 [3261-9.2]', async () => {
    const stage = await Stage.open();
    stage.callerSends(callerSays('CANCEL', { branch: BRANCH }));
    expect(stage.caller.summary).toEqual([]);
    const [stray] = stage.strays;
    if (stray === undefined) throw new Error('no stray was reported');
    expect(stray).toMatchObject({ request: { method: 'CANCEL' }, receivedOn: { listener: A } });
    stage.engine.respond(stray.id, 481, 'Nothing Here', [header('Warning', '399 x "y"')]);
    stage.pass(0);
    expect(stage.caller.last().text).toMatch(/^SIP\/2\.0 481 Nothing Here\r\n/);
    expect(stage.caller.last().text).toContain('\r\nWarning: 399 x "y"\r\n');
    expect(stage.caller.last().message.to.tag).toMatch(/^\w{16}$/);
  });

  test('with a branch of RFC 2543 finds its INVITE', async () => {
    const stage = await Stage.open();
    const via = 'SIP/2.0/UDP 203.0.113.7:5060';
    stage.ringIn({ via });
    stage.callerSends(callerSays('CANCEL', { via }));
    expect(stage.caller.summary).toEqual(['100 INVITE', '200 CANCEL']);
    expect(stage.told).toEqual(['cancelled']);
  });
});

describe('giving up a gateway', () => {
  test('If no provisional response has been received, the CANCEL request MUST NOT be sent; rather, the client MUST wait for the arrival of a provisional response before sending the request. [3261-9.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.engine.cancel(leg, [header('Reason', 'SIP;cause=487')]);
    stage.pass(100);
    expect(stage.gateway.summary).toEqual(['INVITE']);
    stage.gatewayAnswers(100);
    expect(stage.gateway.summary).toEqual(['INVITE', 'CANCEL']);
    const { message } = stage.gateway.last();
    expect(message.via.branch).toBe(stage.gateway.request('INVITE').via.branch);
    expect(headerValue(message.headers, 'reason')).toBe('SIP;cause=487');
    stage.gatewaySends(responds(stage.gateway.request('CANCEL'), 200, { tag: 'gw' }));
    stage.gatewayAnswers(487, { tag: 'gw' });
    expect(stage.gateway.summary).toEqual(['INVITE', 'CANCEL', 'ACK']);
    expect(stage.told).toEqual(['trying', 'refused']);
    stage.pass(100_000);
    expect(stage.gateway.summary).toEqual(['INVITE', 'CANCEL', 'ACK']);
  });

  test('is done at once when the gateway rings', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(180, { tag: 'gw' });
    stage.engine.cancel(leg, []);
    stage.engine.cancel(leg, []);
    stage.pass(0);
    expect(stage.gateway.summary).toEqual(['INVITE', 'CANCEL']);
    stage.gatewayAnswers(180, { tag: 'gw' });
    expect(stage.gateway.summary).toEqual(['INVITE', 'CANCEL']);
  });

  test('If the original request has generated a final response, the CANCEL SHOULD NOT be sent [3261-9.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.engine.cancel(leg, []);
    stage.gatewayAnswers(200, { tag: 'gw' });
    stage.engine.cancel(leg, []);
    stage.pass(1000);
    expect(stage.gateway.summary).toEqual(['INVITE']);
    expect(stage.told).toEqual(['answered']);
  });

  test('an answer that crosses the CANCEL is an answer', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(180, { tag: 'gw' });
    stage.engine.cancel(leg, []);
    stage.gatewayAnswers(200, { tag: 'gw' });
    expect(stage.told).toEqual(['ringing', 'answered']);
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(50_000);
    expect(stage.told).toEqual(['ringing', 'answered']);
  });

  test('If there is no final response for the original request in 64*T1 seconds, the client SHOULD then consider the original transaction cancelled [3261-9.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(100);
    stage.pass(10_000);
    stage.engine.cancel(leg, []);
    stage.pass(31_999);
    expect(stage.told).toEqual(['trying']);
    stage.pass(1);
    expect(stage.events.at(-1)).toMatchObject({ on: 'refused', status: 408, cause: 'timeout' });
    stage.gatewayAnswers(487, { tag: 'gw' });
    expect(stage.gateway.summary.at(-1)).toBe('ACK');
    expect(stage.told).toEqual(['trying', 'refused']);
  });

  test('a gateway that stays silent never sees a CANCEL', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.engine.cancel(leg, []);
    stage.pass(200_000);
    expect(new Set(stage.gateway.summary)).toEqual(new Set(['INVITE']));
    expect(stage.events).toMatchObject([{ on: 'refused', status: 408 }]);
  });
});
