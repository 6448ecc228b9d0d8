import { expect } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { asking, GW, NOTHING, replyOf, talking } from '../call.ts';
import { type Promised, promised } from '../promise.ts';
import type { Stage } from '../stage.ts';
import { reInvited } from './re-invited.ts';

const REASON = [header('Reason', 'SIP;cause=487'), header('Require', 'not-ours')];

/** A re-INVITE that is taken back. */
export const TAKING_BACK: readonly Promised[] = [
  promised(
    'ours, before any provisional: the CANCEL waits for the first one [3261-9.1]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE');
      stage.engine.retract(call.leg, request, REASON);
      await stage.settle();
      expect(stage.gateway.unheard).toEqual([]);
      stage.gateway.answers(heard, 100);
      const cancel = await stage.gateway.hears('CANCEL');
      expect(cancel.message.via.branch).toBe(heard.message.via.branch);
      expect(cancel.message.cseq.number).toBe(heard.message.cseq.number);
      expect(cancel.message.to.tag).toBe(GW);
      expect(headerValue(cancel.message.headers, 'reason')).toBe('SIP;cause=487');
      expect(cancel.text).not.toContain('not-ours');
      stage.gateway.answers(cancel, 200);
      stage.gateway.answers(heard, 487);
      await stage.gateway.hears('ACK');
      expect(await stage.told('replied')).toMatchObject({ leg: call.leg, request, status: 487 });
    },
    { ability: 'cancel-within' },
  ),

  promised(
    'ours, after a provisional: at once, and only once [3261-9.1]',
    async (stage) => {
      const { call, request, heard, cancel } = await retracted(stage);
      stage.engine.retract(call.leg, request, []);
      stage.gateway.answers(cancel, 200);
      stage.gateway.answers(heard, 487);
      await stage.gateway.hears('ACK');
      expect(await stage.told('replied')).toMatchObject({ request, status: 487 });
      stage.engine.hangUp(call.leg, GW, []);
      await stage.gateway.hears('BYE');
    },
    { ability: 'cancel-within' },
  ),

  promised(
    'ours, and its answer crosses the CANCEL: it is an answer [3261-9.1]',
    async (stage) => {
      const { call, request, heard, cancel } = await retracted(stage);
      stage.gateway.answers(heard, 200);
      stage.gateway.answers(cancel, 481);
      expect(await stage.told('replied')).toMatchObject({ request, status: 200 });
      stage.engine.confirm(call.leg, request, NOTHING);
      await stage.gateway.hears('ACK');
    },
    { ability: 'cancel-within' },
  ),

  promised(
    'ours, and the far end answers all the same: it is an answer [3261-9.1]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE');
      stage.engine.retract(call.leg, request, []);
      stage.gateway.answers(heard, 200);
      expect(await stage.told('replied')).toMatchObject({ request, status: 200 });
      stage.engine.confirm(call.leg, request, NOTHING);
      await stage.gateway.hears('ACK');
    },
  ),

  promised(
    'theirs: the UAS answers the CANCEL request itself with a 200 (OK) response, the node is told, and the INVITE still gets an answer [3261-9.2]',
    async (stage) => {
      const { leg, request, asked } = await reInvited(stage);
      const { invite, cseq, branch } = asked;
      stage.gateway.asks(invite, 'CANCEL', { cseq, branch, headers: ['Reason: SIP;cause=26'] });
      await stage.gateway.isTold('200 CANCEL');
      const told = await stage.told('retracted');
      expect(told).toMatchObject({ leg, request, tag: GW });
      expect(headerValue(told.headers, 'reason')).toBe('SIP;cause=26');
      expect(told.receivedOn.source.address).toBe(stage.gateway.at.address);
      stage.engine.reply(leg, request, replyOf(stage, 487));
      await stage.gateway.isTold('487 INVITE');
      stage.engine.hangUp(leg, GW, []);
      await stage.gateway.hears('BYE');
    },
    { ability: 'tell-taken-back' },
  ),

  promised(
    'theirs: If it has already sent a final response, the CANCEL request has no effect on the processing of the original request [3261-9.2]',
    async (stage) => {
      const { leg, request, asked } = await reInvited(stage);
      const { invite, cseq, branch } = asked;
      stage.engine.reply(leg, request, replyOf(stage, 200));
      await stage.gateway.isTold('200 INVITE');
      stage.gateway.asks(invite, 'CANCEL', { cseq, branch });
      await stage.gateway.isTold('200 CANCEL');
      stage.gateway.asks(invite, 'ACK', { cseq });
      expect(await stage.told('confirmed')).toMatchObject({ leg, request });
      stage.engine.hangUp(leg, GW, []);
      await stage.gateway.hears('BYE');
    },
    { ability: 'tell-taken-back' },
  ),
];

/** A re-INVITE of ours that rang, and whose CANCEL has come. */
async function retracted(stage: Stage) {
  const call = await talking(stage);
  const { request, heard } = await asking(stage, call, 'INVITE');
  stage.gateway.answers(heard, 180);
  await stage.told('replied');
  stage.engine.retract(call.leg, request, []);
  return { call, request, heard, cancel: await stage.gateway.hears('CANCEL') };
}
