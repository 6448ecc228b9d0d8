import { expect } from '@jest/globals';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { calling, GW, NOTHING, ourContact, SDP, talking } from '../call.ts';
import { type Needs, type Promised, promised } from '../promise.ts';

const REFRESHES: Needs = { ability: 'keep-sessions' };
const EVERY_90 = 'Session-Expires: 90;refresher=';
const ALLOWS = 'Allow: INVITE, ACK, CANCEL, BYE, UPDATE';

/** What keeps a session alive, which the node hears of only when it is dead. */
export const SESSION_TIMERS: readonly Promised[] = [
  promised(
    "A UAC that supports the session timer extension MUST include a Supported header field listing the option tag 'timer'; it asks for an interval, and to refresh [4028-7.1]",
    async (stage) => {
      const { invite } = await calling(stage);
      const { headers } = invite.message;
      expect(headerValue(headers, 'supported')).toBe('timer');
      expect(headerValue(headers, 'session-expires')).toBe('1800;refresher=uac');
    },
    REFRESHES,
  ),

  promised(
    'the same INVITE with a greater CSeq, and Min-SE, follows a 422; the node is told what becomes of that one [4028-7.3]',
    async (stage) => {
      const { leg, invite: first } = await calling(stage);
      stage.gateway.answers(first, 422, { headers: ['Min-SE: 7200'] });
      await stage.gateway.hears('ACK');
      const again = await stage.gateway.hears('INVITE');
      const { message } = again;
      expect(message.callId).toBe(first.message.callId);
      expect(message.from.tag).toBe(first.message.from.tag);
      expect(message.to.tag).toBeUndefined();
      expect(message.cseq.number).toBe(first.message.cseq.number + 1);
      expect(message.via.branch).not.toBe(first.message.via.branch);
      expect(message.body).toBe(SDP);
      expect(headerValue(message.headers, 'session-expires')).toBe('7200;refresher=uac');
      expect(headerValue(message.headers, 'min-se')).toBe('7200');
      stage.gateway.answers(again, 200);
      expect(await stage.told('answered')).toMatchObject({ leg, tag: GW });
      stage.engine.acknowledge(leg, GW, NOTHING);
      const ack = await stage.gateway.hears('ACK');
      expect(ack.message.cseq.number).toBe(message.cseq.number);
    },
    REFRESHES,
  ),

  promised(
    'once half the session interval has elapsed UPDATE without a body refreshes a far end that allows it, and again after its answer [4028-7.4] [4028-10]',
    async (stage) => {
      await talking(stage, { headers: [`${EVERY_90}uac`, ALLOWS] });
      for (const _ of ['first', 'second']) {
        const update = await stage.gateway.hears('UPDATE');
        const { headers, body } = update.message;
        expect(body).toBe('');
        expect(headerValue(headers, 'contact')).toBe(`<${ourContact(stage)}>`);
        expect(headerValue(headers, 'session-expires')).toBe('90;refresher=uac');
        stage.gateway.answers(update, 200, { headers: [`${EVERY_90}uac`] });
      }
    },
    { ...REFRESHES, waitsMs: 90_000 },
  ),

  promised(
    'any other far end gets a re-INVITE with an offer that has not changed, and its ACK [4028-7.4]',
    async (stage) => {
      await talking(stage, { headers: [`${EVERY_90}uac`] });
      const again = await stage.gateway.hears('INVITE');
      expect(again.message.body).toBe(SDP);
      stage.gateway.answers(again, 200, { headers: [`${EVERY_90}uac`] });
      const ack = await stage.gateway.hears('ACK');
      expect(ack.message.cseq.number).toBe(again.message.cseq.number);
    },
    { ...REFRESHES, waitsMs: 45_000 },
  ),

  promised(
    'that a refresh is answered by 481 is told: the far end has left [4028-10]',
    async (stage) => {
      const { leg } = await talking(stage, { headers: [`${EVERY_90}uac`, ALLOWS] });
      stage.gateway.answers(await stage.gateway.hears('UPDATE'), 481);
      expect(await stage.told('expired')).toMatchObject({ leg, tag: GW, status: 481 });
    },
    { ...REFRESHES, waitsMs: 45_000 },
  ),

  promised(
    'if the side performing refreshes does not send one, that is told slightly before the session expires [4028-10]',
    async (stage) => {
      const { leg } = await talking(stage, { headers: [`${EVERY_90}uas`] });
      const expired = await stage.told('expired', 60_000);
      expect(expired).toMatchObject({ leg, tag: GW, status: 408 });
    },
    { ...REFRESHES, waitsMs: 60_000 },
  ),

  promised(
    'a far end that refreshes by UPDATE without a body is answered, and the node need not know [4028-9]',
    async (stage) => {
      const { invite } = await talking(stage, { headers: [`${EVERY_90}uas`] });
      const headers = ['Supported: timer', `${EVERY_90}uac`];
      stage.gateway.asks(invite, 'UPDATE', { headers });
      const { message } = await stage.gateway.isTold('200 UPDATE');
      expect(headerValue(message.headers, 'session-expires')).toBe('90;refresher=uac');
      expect(headerValue(message.headers, 'require')).toBe('timer');
    },
    REFRESHES,
  ),
];
