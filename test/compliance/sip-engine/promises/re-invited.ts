import { expect } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import type { RequestId } from '../../../../lib/sip/ids.ts';
import {
  asking,
  type Call,
  GW,
  NOTHING,
  OFFER,
  ourContact,
  replyOf,
  SDP,
  SDP_TYPE,
  talking,
} from '../call.ts';
import type { Asked } from '../far-end.ts';
import { type Promised, promised } from '../promise.ts';
import type { Stage } from '../stage.ts';

/** Re-INVITEs of the gateway. */
export const RE_INVITED: readonly Promised[] = [
  promised(
    'a re-INVITE is told with its offer; the answer is the reply of the node, with our Contact, and its ACK is told [3261-14.2]',
    async (stage) => {
      const { leg, asked, request } = await reInvited(stage);
      stage.engine.reply(leg, request, replyOf(stage, 200, OFFER));
      const { message } = await stage.gateway.isTold('200 INVITE');
      expect(message.body).toBe(SDP);
      expect(headerValue(message.headers, 'contact')).toBe(`<${ourContact(stage)}>`);
      expect(headerValue(message.headers, 'content-type')).toBe('application/sdp');
      stage.gateway.asks(asked.invite, 'ACK', { cseq: asked.cseq });
      const told = await stage.told('confirmed');
      expect(told).toMatchObject({ leg, request, tag: GW, body: '' });
      expect(told.receivedOn.source.address).toBe(stage.gateway.at.address);
    },
  ),

  promised('an ACK that bears the answer is told with it [3261-13.2.2.4]', async (stage) => {
    const { leg, asked, request } = await reInvited(stage, { headers: [], body: '' });
    stage.engine.reply(leg, request, replyOf(stage, 200, OFFER));
    await stage.gateway.isTold('200 INVITE');
    const content = { headers: [SDP_TYPE, 'X-Any: y'], body: SDP };
    stage.gateway.asks(asked.invite, 'ACK', { cseq: asked.cseq, ...content });
    const told = await stage.told('confirmed');
    expect(told).toMatchObject({ leg, request, body: SDP });
    expect(headerValue(told.headers, 'x-any')).toBe('y');
  }),

  promised('a refusal of the node goes back, and the call stays [3261-14.2]', async (stage) => {
    const { leg, asked, request } = await reInvited(stage);
    const headers = [header('Warning', '304 x "y"')];
    stage.engine.reply(leg, request, replyOf(stage, 488, { headers }));
    const { message } = await stage.gateway.isTold('488 INVITE');
    expect(headerValue(message.headers, 'warning')).toBe('304 x "y"');
    stage.gateway.asks(asked.invite, 'BYE');
    await stage.gateway.isTold('200 BYE');
    await stage.told('hung-up');
  }),

  promised(
    'the node may say that it is being worked on; that makes no end of it [3261-14.2]',
    async (stage) => {
      const { leg, asked, request } = await reInvited(stage);
      stage.engine.reply(leg, request, replyOf(stage, 180));
      await stage.gateway.isTold('180 INVITE');
      stage.engine.reply(leg, request, replyOf(stage, 183, OFFER));
      expect((await stage.gateway.isTold('183 INVITE')).message.body).toBe(SDP);
      stage.engine.reply(leg, request, replyOf(stage, 200, OFFER));
      await stage.gateway.isTold('200 INVITE');
      stage.gateway.asks(asked.invite, 'ACK', { cseq: asked.cseq });
      await stage.told('confirmed');
    },
    { ability: 'ring-within' },
  ),

  promised(
    'its 2xx is repeated until the ACK has come [3261-13.3.1.4]',
    async (stage) => {
      const { leg, asked, request } = await reInvited(stage);
      stage.engine.reply(leg, request, replyOf(stage, 200, OFFER));
      const first = await stage.gateway.isTold('200 INVITE');
      const again = await stage.gateway.hearsAgain('200 INVITE');
      expect(again.text).toBe(first.text);
      await stage.gateway.hearsAgain('200 INVITE');
      stage.gateway.asks(asked.invite, 'ACK', { cseq: asked.cseq });
      expect(await stage.told('confirmed')).toMatchObject({ leg, request });
      await stage.settle();
      const heardBefore = stage.gateway.repetitions('200 INVITE');
      await stage.pass(33_000);
      expect(stage.gateway.repetitions('200 INVITE')).toBe(heardBefore);
    },
    { ability: 'repeat-2xx-within', waitsMs: 34_500 },
  ),

  promised(
    'If the server retransmits the 2xx response for 64*T1 seconds without receiving an ACK, the node is told [3261-13.3.1.4]',
    async (stage) => {
      const { leg, request } = await reInvited(stage);
      stage.engine.reply(leg, request, replyOf(stage, 200, OFFER));
      await stage.gateway.isTold('200 INVITE');
      const told = await stage.told('unconfirmed', 32_000);
      expect(told).toMatchObject({ leg, request, tag: GW });
    },
    { waitsMs: 32_000 },
  ),

  promised(
    'A UAS that receives an INVITE on a dialog while an INVITE it had sent on that dialog is in progress MUST return a 491 (Request Pending) response to the received INVITE [3261-14.2]',
    async (stage) => {
      const call = await talking(stage);
      const ours = await asking(stage, call, 'INVITE');
      stage.gateway.asks(call.invite, 'INVITE', { headers: [SDP_TYPE], body: SDP });
      await finallyTold(stage, '491 INVITE');
      stage.gateway.answers(ours.heard, 200);
      expect(await stage.told('replied')).toMatchObject({ request: ours.request, status: 200 });
      stage.engine.confirm(call.leg, ours.request, NOTHING);
      await stage.gateway.hears('ACK');
    },
  ),

  promised(
    'A UAS that receives a second INVITE before it sends the final response to a first INVITE with a lower CSeq sequence number on the same dialog MUST return a 500 (Server Internal Error) response to the second INVITE and MUST include a Retry-After header field with a randomly chosen value of between 0 and 10 seconds [3261-14.2]',
    async (stage) => {
      const { leg, asked, request } = await reInvited(stage);
      stage.gateway.asks(asked.invite, 'INVITE', { headers: [SDP_TYPE], body: SDP });
      const { message } = await finallyTold(stage, '500 INVITE');
      const seconds = Number(headerValue(message.headers, 'retry-after') ?? 'none');
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThanOrEqual(10);
      stage.engine.reply(leg, request, replyOf(stage, 488));
      const { message: first } = await stage.gateway.isTold('488 INVITE');
      expect(first.cseq.number).toBe(asked.cseq);
    },
  ),

  promised(
    'It is RECOMMENDED that a 487 (Request Terminated) response be generated to those pending requests: a re-INVITE when the call ends [3261-15.1.2]',
    async (stage) => {
      const { asked } = await reInvited(stage);
      stage.gateway.asks(asked.invite, 'BYE');
      const heard = [await stage.gateway.hearsAny(), await stage.gateway.hearsAny()];
      expect(heard.map(({ what }) => what).sort()).toEqual(['200 BYE', '487 INVITE']);
      await stage.told('hung-up');
    },
    { ability: 'end-with-487' },
  ),
];

/** A call in which the gateway has sent a re-INVITE that waits for the node. */
export async function reInvited(
  stage: Stage,
  content = { headers: [SDP_TYPE], body: SDP as string },
): Promise<{
  readonly leg: Call['leg'];
  readonly request: RequestId;
  readonly asked: Asked & Pick<Call, 'invite'>;
}> {
  const { leg, invite } = await talking(stage);
  const asked = stage.gateway.asks(invite, 'INVITE', content);
  await stage.gateway.isTold('100 INVITE');
  const told = await stage.told('asked');
  expect(told).toMatchObject({ leg, method: 'INVITE', tag: GW, maxForwards: 70 });
  expect(told.body).toBe(content.body);
  return { leg, request: told.request, asked: { ...asked, invite } };
}

/** A refusal may follow a 100. */
async function finallyTold(stage: Stage, what: string) {
  const heard = await stage.gateway.hearsAny(what);
  const last = heard.what === '100 INVITE' ? await stage.gateway.hearsAny(what) : heard;
  expect(last.what).toBe(what);
  return last;
}
