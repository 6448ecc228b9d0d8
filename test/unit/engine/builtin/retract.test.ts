import { describe, expect, test } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { type LegId, requestId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { callerSays, responds, U } from './peers.ts';
import { NOTHING, octets, Stage } from './stage.ts';

const CONTACT = uriText('sip:token@198.51.100.11:5060');
const REQUEST = requestId('q1');
const BRANCH = 'z9hG4bK-re';
const WITHIN = { toTag: 'ours', cseq: 2, branch: BRANCH };

describe('a re-INVITE of theirs that is taken back', () => {
  const asked = async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA();
    stage.callerSends(callerSays('INVITE', { ...WITHIN, body: 'v=0\r\n' }), U);
    const event = stage.events.at(-1);
    if (event?.on !== 'asked') throw new Error('nothing was asked');
    return { stage, leg, request: event.request };
  };
  const cancel = callerSays('CANCEL', { ...WITHIN, headers: ['Reason: SIP;cause=26'] });

  test('as long as the CANCEL matched an existing transaction, the UAS answers the CANCEL request itself with a 200 (OK) response; the INVITE still gets an answer [3261-9.2]', async () => {
    const { stage, leg, request } = await asked();
    stage.callerSends(cancel, U);
    stage.callerSends(cancel, U);
    const heard = stage.caller.summary.slice(2);
    expect(heard).toEqual(['100 INVITE', '200 CANCEL', '200 CANCEL']);
    expect(stage.told.filter((on) => on === 'retracted')).toHaveLength(1);
    const event = stage.events.at(-1);
    expect(event).toMatchObject({ on: 'retracted', leg, request, tag: 'ours' });
    expect(event?.on === 'retracted' && headerValue(event.headers, 'reason')).toBe('SIP;cause=26');
    stage.engine.reply(leg, request, { status: 487, reason: 'No', contact: CONTACT, ...NOTHING });
    stage.pass(0);
    expect(stage.caller.summary.at(-1)).toBe('487 INVITE');
  });

  test.each([200, 488])(
    'If it has already sent a final response, the CANCEL request has no effect (%i) [3261-9.2]',
    async (status) => {
      const { stage, leg, request } = await asked();
      stage.engine.reply(leg, request, { status, reason: 'Said', contact: CONTACT, ...NOTHING });
      stage.callerSends(cancel, U);
      expect(stage.caller.summary.at(-1)).toBe('200 CANCEL');
      expect(stage.told).not.toContain('retracted');
    },
  );

  test('after their BYE is over already', async () => {
    const { stage } = await asked();
    stage.callerSends(callerSays('BYE', { toTag: 'ours', cseq: 3 }), U);
    stage.callerSends(cancel, U);
    expect(stage.told.at(-1)).toBe('hung-up');
  });
});

describe('a re-INVITE of ours that is taken back', () => {
  const asking = async () => {
    const stage = await Stage.open();
    const leg = stage.talkingB();
    const content = { method: 'INVITE', contact: CONTACT, maxForwards: 69, headers: [] };
    stage.engine.ask(leg, tagOf('gw'), { request: REQUEST, body: octets('v=0\r\n'), ...content });
    stage.pass(0);
    const invite = stage.gateway.request('INVITE');
    const said = stage.gateway.summary.length;
    return { stage, leg, invite, heard: () => stage.gateway.summary.slice(said) };
  };
  const retract = (stage: Stage, leg: LegId) => {
    stage.engine.retract(leg, REQUEST, [header('Reason', 'SIP;cause=26'), header('Via', 'no')]);
    stage.pass(0);
  };

  test('If no provisional response has been received, the CANCEL request MUST NOT be sent; it follows the first one [3261-9.1]', async () => {
    const { stage, leg, invite, heard } = await asking();
    retract(stage, leg);
    expect(heard()).toEqual([]);
    stage.gatewaySends(responds(invite, 100));
    expect(heard()).toEqual(['CANCEL']);
    const { message } = stage.gateway.last();
    expect(message.via.branch).toBe(invite.via.branch);
    expect(message.to.tag).toBe('gw');
    expect(message.cseq.number).toBe(invite.cseq.number);
    expect(headerValue(message.headers, 'reason')).toBe('SIP;cause=26');
    stage.gatewaySends(responds(stage.gateway.request('CANCEL'), 200));
    stage.gatewaySends(responds(invite, 487));
    expect(heard()).toEqual(['CANCEL', 'ACK']);
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', request: REQUEST, status: 487 });
  });

  test('is cancelled at once when it was heard of, and once only', async () => {
    const { stage, leg, invite, heard } = await asking();
    stage.gatewaySends(responds(invite, 180));
    retract(stage, leg);
    retract(stage, leg);
    stage.gatewaySends(responds(stage.gateway.request('CANCEL'), 200));
    stage.gatewaySends(responds(invite, 183));
    expect(heard()).toEqual(['CANCEL']);
  });

  test('an agreement that crosses the CANCEL is one, and gets its ACK', async () => {
    const { stage, leg, invite, heard } = await asking();
    stage.gatewaySends(responds(invite, 180));
    retract(stage, leg);
    stage.gatewaySends(responds(invite, 200, { contact: 'sip:gw@10.0.1.31:5080' }));
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', request: REQUEST, status: 200 });
    stage.engine.confirm(leg, REQUEST, NOTHING);
    stage.pass(0);
    expect(heard()).toEqual(['CANCEL', 'ACK']);
  });

  test('If the original request has generated a final response, the CANCEL SHOULD NOT be sent [3261-9.1]', async () => {
    const { stage, leg, invite, heard } = await asking();
    stage.gatewaySends(responds(invite, 488));
    retract(stage, leg);
    stage.pass(1000);
    expect(heard()).toEqual(['ACK']);
  });

  test('If there is no final response for the original request in 64*T1 seconds, the client SHOULD then consider the original transaction cancelled [3261-9.1]', async () => {
    const { stage, leg, invite } = await asking();
    stage.gatewaySends(responds(invite, 180));
    retract(stage, leg);
    stage.gatewaySends(responds(stage.gateway.request('CANCEL'), 200));
    stage.pass(31_999);
    expect(stage.told.at(-1)).toBe('replied');
    expect(stage.events.at(-1)).toMatchObject({ status: 180 });
    stage.pass(1);
    expect(stage.events.at(-1)).toMatchObject({ on: 'replied', request: REQUEST, status: 487 });
    stage.gatewaySends(responds(invite, 200, { contact: 'sip:gw@10.0.1.31:5080' }));
    expect(stage.gateway.summary.at(-1)).toBe('ACK');
  });

  test('leaves nothing behind, also when the leg ends meanwhile', async () => {
    const { stage, leg, invite } = await asking();
    stage.gatewaySends(responds(invite, 180));
    retract(stage, leg);
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(200_000);
    expect(Object.values(stage.engine.sizes()).every((size) => size === 0)).toBe(true);
    expect(stage.time.pending).toBe(0);
  });
});
