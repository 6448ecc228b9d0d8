import { expect } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { sipCallId, tagOf } from '../../../../lib/sip/ids.ts';
import { asking, calling, GW, ourContact, replyOf, talking } from '../call.ts';
import { type Promised, promised } from '../promise.ts';

const REFER_TO = 'Refer-To: <sip:112@203.0.113.1>';
const NEEDS = { ability: 'transfer' } as const;
const MAY = { mayTransfer: true, mayBeReplaced: true } as const;

/** Calls whose gateway may send REFER, or be replaced by another one. */
export const TRANSFERRING: readonly Promised[] = [
  promised(
    'its INVITE allows REFER, and a UA that supports the Replaces header field MUST include the option tag in a Supported header field [3891-6.2]',
    async (stage) => {
      const { invite } = await calling(stage, MAY);
      expect(headerValue(invite.message.headers, 'allow')).toContain('REFER');
      expect(headerValue(invite.message.headers, 'supported')).toContain('replaces');
      const { invite: plain } = await calling(stage);
      expect(headerValue(plain.message.headers, 'allow')).not.toContain('REFER');
      expect(headerValue(plain.message.headers, 'supported') ?? '').not.toContain('replaces');
    },
    NEEDS,
  ),

  promised(
    'a REFER waits for the node, and its 2xx names our Contact [3515-2.4.2] [3261-12.2.2]',
    async (stage) => {
      const { leg, invite } = await talking(stage, {}, MAY);
      stage.gateway.asks(invite, 'REFER', { headers: [REFER_TO] });
      const told = await stage.told('asked');
      expect(told).toMatchObject({ leg, method: 'REFER', tag: GW });
      expect(headerValue(told.headers, 'refer-to')).toBe('<sip:112@203.0.113.1>');
      stage.engine.reply(leg, told.request, replyOf(stage, 202));
      const { message } = await stage.gateway.isTold('202 REFER');
      expect(headerValue(message.headers, 'contact')).toBe(`<${ourContact(stage)}>`);
    },
    NEEDS,
  ),

  promised(
    'one of ours leaves with our Contact [3261-12.2.1.1]',
    async (stage) => {
      const call = await talking(stage, {}, MAY);
      const headers = [header('Refer-To', '<sip:112@203.0.113.1>')];
      const { heard } = await asking(stage, call, 'REFER', { headers });
      expect(headerValue(heard.message.headers, 'contact')).toBe(`<${ourContact(stage)}>`);
      stage.gateway.answers(heard, 202);
      expect(await stage.told('replied')).toMatchObject({ leg: call.leg, status: 202 });
    },
    NEEDS,
  ),

  promised(
    'a dialog is found by its Call-ID and both tags, and told what it is, as long as it is up [3891-3]',
    async (stage) => {
      const { leg, invite } = await talking(stage, {}, MAY);
      const { callId, from } = invite.message;
      const dialog = { callId, localTag: from.tag ?? tagOf(''), remoteTag: GW };
      expect(stage.engine.find(dialog)).toEqual({ leg, tag: GW });
      const target = stage.gateway.uri;
      expect(stage.engine.identify(leg, GW)).toMatchObject({ ...dialog, target });
      for (const other of [
        { ...dialog, callId: sipCallId('another') },
        { ...dialog, localTag: GW },
        { ...dialog, remoteTag: tagOf('another') },
      ]) {
        expect(stage.engine.find(other)).toBeUndefined();
      }
      stage.engine.hangUp(leg, GW, []);
      await stage.gateway.hears('BYE');
      expect(stage.engine.find(dialog)).toBeUndefined();
    },
    NEEDS,
  ),
];
