import { describe, expect, test } from '@jest/globals';
import { requestId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { callerSays, gatewaySays, responds, U } from './peers.ts';
import { NOTHING, octets, Stage, says } from './stage.ts';

const CONTACT = uriText('sip:token@198.51.100.11:5060');
const UPDATE = {
  method: 'UPDATE',
  contact: CONTACT,
  maxForwards: 69,
  headers: [],
  body: octets('v=0\r\n'),
};

function asked(stage: Stage) {
  const found = stage.events.findLast((event) => event.on === 'asked');
  if (found?.on !== 'asked') throw new Error('nothing was asked');
  return found;
}

describe('a dialog that is only early', () => {
  test('takes an UPDATE of the caller, and says so [3311-5.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.ring(leg, says(183));
    stage.callerSends(callerSays('UPDATE', { toTag: 'ours', cseq: 2 }), U);
    expect(asked(stage)).toMatchObject({ leg, method: 'UPDATE', tag: 'ours' });
    const ok = { status: 200, reason: 'OK', contact: CONTACT, ...NOTHING };
    stage.engine.reply(leg, asked(stage).request, ok);
    stage.pass(0);
    expect(stage.caller.summary).toEqual(['100 INVITE', '183 INVITE', '200 UPDATE']);
  });

  test('bears one to the gateway, and later requests count on from its number [3261-12.2.1.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(183, { tag: 'gw' });
    stage.engine.ask(leg, tagOf('gw'), { request: requestId('q1'), ...UPDATE });
    stage.pass(0);
    expect(stage.gateway.last().message.cseq).toEqual({ number: 2, method: 'UPDATE' });
    stage.gatewaySends(responds(stage.gateway.request('UPDATE'), 200));
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', status: 200, tag: 'gw' });
    stage.gatewayAnswers(200, { tag: 'gw' });
    stage.engine.acknowledge(leg, tagOf('gw'), NOTHING);
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(0);
    expect(stage.gateway.request('ACK').cseq.number).toBe(1);
    expect(stage.gateway.request('BYE').cseq.number).toBe(3);
  });

  test('takes no second INVITE before the first one is answered [3261-14.2]', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.ring(leg, says(183));
    stage.callerSends(callerSays('INVITE', { toTag: 'ours', cseq: 2 }), U);
    expect(stage.caller.summary.at(-1)).toBe('500 INVITE');
    expect(stage.told).not.toContain('asked');
  });

  test.each([200, 486])(
    'is over with the final response: what it owes gets 487, what comes then 481, after %i [3261-12.3]',
    async (status) => {
      const stage = await Stage.open();
      const leg = stage.ringIn();
      stage.engine.ring(leg, says(183));
      stage.callerSends(callerSays('UPDATE', { toTag: 'ours', cseq: 2 }), U);
      const final = says(status, { tag: tagOf('another') });
      if (status === 200) stage.engine.answer(leg, final);
      else stage.engine.reject(leg, final);
      stage.pass(0);
      expect(stage.caller.summary).toContain('487 UPDATE');
      stage.callerSends(callerSays('UPDATE', { toTag: 'ours', cseq: 3 }), U);
      expect(stage.caller.summary.at(-1)).toBe('481 UPDATE');
    },
  );

  test('of a gateway that refuses the call: what it has asked gets 487 [3261-12.3]', async () => {
    const stage = await Stage.open();
    const leg = stage.callOut();
    stage.gatewayAnswers(183, { tag: 'gw' });
    stage.gatewaySends(gatewaySays(stage.gateway.request('INVITE'), 'UPDATE'));
    expect(asked(stage)).toMatchObject({ leg, method: 'UPDATE', tag: 'gw' });
    stage.gatewayAnswers(480, { tag: 'gw' });
    expect(stage.gateway.summary).toContain('487 UPDATE');
    stage.engine.ask(leg, tagOf('gw'), { request: requestId('q1'), ...UPDATE });
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', status: 481 });
  });
});
