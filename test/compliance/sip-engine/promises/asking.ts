import { expect } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import {
  asking,
  calling,
  GW,
  NOTHING,
  OFFER,
  ourContact,
  SDP,
  SDP_TYPE,
  talking,
  withinOrder,
} from '../call.ts';
import { type Promised, promised } from '../promise.ts';

/** Requests of ours within a dialog, re-INVITEs apart. */
export const ASKING: readonly Promised[] = [
  ...['UPDATE', 'INFO', 'MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'OPTIONS'].map((method) =>
    promised(
      `${method} goes out in the dialog as the node says, and what it gets is told [3261-12.2.1.1]`,
      async (stage) => {
        const call = await talking(stage);
        const headers = [...OFFER.headers, header('X-Any', 'y'), header('Supported', 'not-ours')];
        const parts = { headers, body: SDP, maxForwards: 12 };
        const { request, heard } = await asking(stage, call, method, parts);
        const { message, text } = heard;
        const sent = call.invite.message;
        expect(message.uri).toBe(stage.gateway.uri);
        expect(message.callId).toBe(sent.callId);
        expect(message.from.tag).toBe(sent.from.tag);
        expect(message.to.tag).toBe(GW);
        expect(message.cseq.number).toBeGreaterThan(sent.cseq.number);
        expect(message.body).toBe(SDP);
        expect(headerValue(message.headers, 'max-forwards')).toBe('12');
        expect(headerValue(message.headers, 'x-any')).toBe('y');
        expect(text).not.toContain('not-ours');
        const namesTarget = ['UPDATE', 'SUBSCRIBE', 'NOTIFY'].includes(method);
        const contact = namesTarget ? `<${ourContact(stage)}>` : undefined;
        expect(headerValue(message.headers, 'contact')).toBe(contact);
        stage.gateway.answers(heard, 200, { headers: [SDP_TYPE, 'X-Other: z'], body: SDP });
        const told = await stage.told('replied');
        expect(told).toMatchObject({ leg: call.leg, request, status: 200, tag: GW, body: SDP });
        expect(told.reason).toBe('As Said');
        expect(headerValue(told.headers, 'x-other')).toBe('z');
      },
    ),
  ),

  promised('a refusal is told with its headers, and the call stays', async (stage) => {
    const call = await talking(stage);
    for (const status of [300, 415, 481, 503, 600]) {
      const { request, heard } = await asking(stage, call, 'INFO');
      stage.gateway.answers(heard, status, { headers: ['Warning: 399 x "y"'] });
      const told = await stage.told('replied');
      expect(told).toMatchObject({ leg: call.leg, request, status });
      expect(headerValue(told.headers, 'warning')).toBe('399 x "y"');
    }
    stage.engine.hangUp(call.leg, GW, []);
    await stage.gateway.hears('BYE');
  }),

  promised(
    'each request bears a higher number than the one before, and each answer is told of its own request [3261-12.2.1.1]',
    async (stage) => {
      const call = await talking(stage);
      const one = await asking(stage, call, 'INFO');
      const two = await asking(stage, call, 'INFO');
      expect(two.heard.message.cseq.number).toBeGreaterThan(one.heard.message.cseq.number);
      stage.gateway.answers(two.heard, 202);
      expect(await stage.told('replied')).toMatchObject({ request: two.request, status: 202 });
      stage.gateway.answers(one.heard, 200);
      expect(await stage.told('replied')).toMatchObject({ request: one.request, status: 200 });
      stage.gateway.answers(one.heard, 200);
    },
  ),

  promised(
    "When a UAC receives a 2xx response to a target refresh request, it MUST replace the dialog's remote target URI with the URI from the Contact header field in that response, if present [3261-12.2.1.2]",
    async (stage) => {
      const call = await talking(stage);
      const moved = stage.gateway.uri.replace('gw@', 'moved@');
      const info = await asking(stage, call, 'INFO');
      stage.gateway.answers(info.heard, 200, { contact: 'sip:gw@10.0.9.9' });
      await stage.told('replied');
      const update = await asking(stage, call, 'UPDATE');
      expect(update.heard.message.uri).toBe(stage.gateway.uri);
      stage.gateway.answers(update.heard, 200, { contact: moved });
      await stage.told('replied');
      stage.engine.hangUp(call.leg, GW, []);
      expect((await stage.gateway.hears('BYE')).message.uri).toBe(moved);
    },
    { ability: 'move-the-target' },
  ),

  promised(
    'a request that nobody answers counts as 408 [3261-8.1.3.1]',
    async (stage) => {
      const call = await talking(stage);
      const { request } = await asking(stage, call, 'INFO');
      const told = await stage.told('replied', 32_000);
      expect(told).toMatchObject({ leg: call.leg, request, status: 408, ...NOTHING });
    },
    { waitsMs: 32_000 },
  ),

  promised(
    'a request that nobody can be given counts as 503 [3261-8.1.3.1]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const { address, port } = stage.elsewhere;
      const contact = `sip:gw@${address}:${port};transport=tcp`;
      stage.gateway.answers(invite, 200, { contact });
      await stage.told('answered');
      const order = withinOrder(stage, 'INFO');
      stage.engine.ask(leg, GW, order);
      const told = await stage.told('replied');
      expect(told).toMatchObject({ leg, request: order.request, status: 503, ...NOTHING });
    },
    { only: 'tcp', ability: 'leave-the-stream' },
  ),
];
