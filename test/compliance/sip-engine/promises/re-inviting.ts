import { expect } from '@jest/globals';
import { octetsOfText } from '../../../../lib/base/brands.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import {
  asking,
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

/** Re-INVITEs of ours. */
export const RE_INVITING: readonly Promised[] = [
  promised(
    'a re-INVITE carries the offer and our Contact, its answer is told, and the ACK is left to the node [3261-14.1]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE');
      const { message } = heard;
      expect(message.to.tag).toBe(GW);
      expect(message.body).toBe(SDP);
      expect(headerValue(message.headers, 'contact')).toBe(`<${ourContact(stage)}>`);
      const answer = octetsOfText('v=0\r\ns=the answer\r\n');
      stage.gateway.answers(heard, 200, { headers: [SDP_TYPE], body: answer });
      const told = await stage.told('replied');
      expect(told).toMatchObject({ leg: call.leg, request, status: 200, tag: GW, body: answer });
      await stage.settle();
      expect(stage.gateway.unheard).toEqual([]);
      stage.engine.confirm(call.leg, request, NOTHING);
      const ack = await stage.gateway.hears('ACK');
      expect(ack.message.cseq.number).toBe(message.cseq.number);
      expect(ack.message.via.branch).not.toBe(message.via.branch);
      expect(ack.message.body).toBe('');
    },
  ),

  promised(
    'without an offer of ours the ACK carries our answer to theirs [3261-13.2.2.4]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE', NOTHING);
      expect(heard.message.body).toBe('');
      stage.gateway.answers(heard, 200, { headers: [SDP_TYPE], body: SDP });
      await stage.told('replied');
      stage.engine.confirm(call.leg, request, OFFER);
      const { message } = await stage.gateway.hears('ACK');
      expect(message.body).toBe(SDP);
      expect(headerValue(message.headers, 'content-type')).toBe('application/sdp');
    },
  ),

  promised(
    'every time a retransmission of its 2xx arrives, the ACK goes out again [3261-13.2.2.4]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE');
      stage.gateway.answers(heard, 200);
      await stage.told('replied');
      stage.engine.confirm(call.leg, request, NOTHING);
      await stage.gateway.hears('ACK');
      stage.gateway.answers(heard, 200);
      const { message } = await stage.gateway.hearsAgain('ACK');
      expect(message.cseq.number).toBe(heard.message.cseq.number);
    },
    { ability: 'repeat-ack-within' },
  ),

  promised(
    'the number of the ACK is that of its INVITE, whatever has been asked in between [3261-13.2.2.4]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE');
      const info = withinOrder(stage, 'INFO');
      stage.engine.ask(call.leg, GW, info);
      await stage.settle();
      stage.gateway.answers(heard, 200);
      expect(await stage.told('replied')).toMatchObject({ request, status: 200 });
      stage.engine.confirm(call.leg, request, NOTHING);
      // Whether the engine lets the INFO wait for the ACK is its own affair.
      const rest = [await stage.gateway.hearsAny(), await stage.gateway.hearsAny()];
      expect(rest.map(({ what }) => what).sort()).toEqual(['ACK', 'INFO']);
      const ack = rest.find(({ what }) => what === 'ACK');
      expect(ack?.message.cseq.number).toBe(heard.message.cseq.number);
    },
  ),

  promised(
    'every provisional but 100 is told; neither they nor a refusal change the target [3261-12.2.1.2]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE');
      stage.gateway.answers(heard, 100);
      stage.gateway.answers(heard, 180);
      const contact = 'sip:gw@10.0.9.9';
      stage.gateway.answers(heard, 183, { contact, headers: [SDP_TYPE], body: SDP });
      expect(await stage.told('replied')).toMatchObject({ request, status: 180 });
      expect(await stage.told('replied')).toMatchObject({ request, status: 183, body: SDP });
      stage.gateway.answers(heard, 488, { contact });
      await stage.gateway.hears('ACK');
      expect(await stage.told('replied')).toMatchObject({ request, status: 488 });
      stage.engine.hangUp(call.leg, GW, []);
      expect((await stage.gateway.hears('BYE')).message.uri).toBe(stage.gateway.uri);
    },
    { ability: 'hear-ringing-within' },
  ),

  promised(
    'a refusal is acknowledged by the engine and told; the call stays, and the next one may follow [3261-14.1]',
    async (stage) => {
      const call = await talking(stage);
      for (const status of [491, 488, 200]) {
        const { request, heard } = await asking(stage, call, 'INVITE');
        stage.gateway.answers(heard, status, { headers: ['Warning: 304 x "y"'] });
        if (status >= 300) {
          const ack = await stage.gateway.hears('ACK');
          expect(ack.message.via.branch).toBe(heard.message.via.branch);
        }
        const told = await stage.told('replied');
        expect(told).toMatchObject({ leg: call.leg, request, status });
        expect(headerValue(told.headers, 'warning')).toBe('304 x "y"');
        if (status >= 300) continue;
        stage.engine.confirm(call.leg, request, NOTHING);
        await stage.gateway.hears('ACK');
      }
    },
  ),

  promised(
    'a UAC MUST NOT initiate a new INVITE transaction within a dialog while another INVITE transaction is in progress in either direction: one of ours [3261-14.1]',
    async (stage) => {
      const call = await talking(stage);
      const { request, heard } = await asking(stage, call, 'INVITE');
      const second = withinOrder(stage, 'INVITE');
      stage.engine.ask(call.leg, GW, second);
      expect(await stage.told('replied')).toMatchObject({ request: second.request, status: 491 });
      stage.gateway.answers(heard, 200);
      expect(await stage.told('replied')).toMatchObject({ request, status: 200 });
      stage.engine.confirm(call.leg, request, NOTHING);
      await stage.gateway.hears('ACK');
    },
  ),

  promised(
    'a UAC MUST NOT initiate a new INVITE transaction within a dialog while another INVITE transaction is in progress in either direction: one of theirs [3261-14.1]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      stage.gateway.asks(invite, 'INVITE', { headers: [SDP_TYPE], body: SDP });
      await stage.gateway.isTold('100 INVITE');
      await stage.told('asked');
      const { request, ...order } = withinOrder(stage, 'INVITE');
      stage.engine.ask(leg, GW, { request, ...order });
      expect(await stage.told('replied')).toMatchObject({ leg, request, status: 491 });
    },
  ),

  promised(
    'a re-INVITE that nobody answers counts as 408 [3261-8.1.3.1]',
    async (stage) => {
      const call = await talking(stage);
      const { request } = await asking(stage, call, 'INVITE');
      const told = await stage.told('replied', 32_000);
      expect(told).toMatchObject({ leg: call.leg, request, status: 408, ...NOTHING });
    },
    { waitsMs: 32_000 },
  ),

  promised('a 2xx that waits for its ACK gets it before the BYE [3261-15]', async (stage) => {
    const call = await talking(stage);
    const { heard } = await asking(stage, call, 'INVITE');
    stage.gateway.answers(heard, 200);
    await stage.told('replied');
    stage.engine.hangUp(call.leg, GW, []);
    const { message } = await stage.gateway.hears('ACK');
    expect(message.cseq.number).toBe(heard.message.cseq.number);
    await stage.gateway.hears('BYE');
  }),

  promised(
    'one that is agreed to after the end of the call gets its ACK all the same, and nothing is told of it [3261-13.2.2.4]',
    async (stage) => {
      const call = await talking(stage);
      const { heard } = await asking(stage, call, 'INVITE');
      stage.engine.hangUp(call.leg, GW, []);
      stage.gateway.answers(await stage.gateway.hears('BYE'), 200);
      stage.gateway.answers(heard, 200);
      const { message } = await stage.gateway.hears('ACK');
      expect(message.cseq.number).toBe(heard.message.cseq.number);
    },
    { ability: 'repeat-ack-within' },
  ),
];
