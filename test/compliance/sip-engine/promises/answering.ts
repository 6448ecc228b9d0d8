import { expect } from '@jest/globals';
import { octetsOfText } from '../../../../lib/base/brands.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { tagOf } from '../../../../lib/sip/ids.ts';
import { calling, GW, NOTHING, OFFER, replyOf, ringing, SDP, SDP_TYPE, talking } from '../call.ts';
import { type Needs, type Promised, promised } from '../promise.ts';

/** What a stream may ask beyond what datagrams do. */
const BY_EACH: readonly (readonly ['udp' | 'tcp', Record<'again' | 'elsewhere', Needs>])[] = [
  ['udp', { again: {}, elsewhere: {} }],
  [
    'tcp',
    { again: { ability: 'repeat-ack-by-stream' }, elsewhere: { ability: 'leave-the-stream' } },
  ],
];
const BEFORE_THE_ANSWER = ['UPDATE', 'INFO'];
const CARRIES: Needs = { ability: 'carry-early' };

/** What the gateway says to our INVITE. */
export const ANSWERING: readonly Promised[] = [
  promised(
    '100 is told as trying, once [3261-21.1.1]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      stage.gateway.answers(invite, 100);
      expect((await stage.told('trying')).leg).toBe(leg);
      stage.gateway.answers(invite, 100);
    },
    { ability: 'tell-100' },
  ),

  promised(
    'a provisional with a tag makes an early dialog, one without makes none [3261-12.1]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      stage.gateway.answers(invite, 180);
      expect(await stage.told('ringing')).toMatchObject({ leg, status: 180, tag: GW });
      stage.gateway.say(untagged(invite.text, stage.gateway.uri));
      expect(await stage.told('ringing')).toMatchObject({ leg, status: 181, tag: undefined });
    },
  ),

  promised(
    'every provisional is told with its reason, headers and body, in the order in which they come [3261-13.2.2.1]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const headers = ['X-Any: y', SDP_TYPE];
      for (const status of [180, 183, 182, 199, 101, 180]) {
        stage.gateway.answers(invite, status, status === 183 ? { headers, body: SDP } : {});
      }
      const told = [];
      for (let count = 0; count < 6; count += 1) told.push(await stage.told('ringing'));
      expect(told.map(({ status }) => status)).toEqual([180, 183, 182, 199, 101, 180]);
      expect(told[1]).toMatchObject({ leg, reason: 'As Said', tag: GW, body: SDP });
      expect(headerValue(told[1]?.headers ?? [], 'x-any')).toBe('y');
      expect(headerValue(told[1]?.headers ?? [], 'content-type')).toBe('application/sdp');
      expect(told[0]?.body).toBe('');
    },
  ),

  promised(
    'a 200 is the answer, with its headers and body; the ACK is left to the node [3261-13.2.2.4]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const headers = ['X-Any: y', SDP_TYPE];
      stage.gateway.answers(invite, 200, { headers, body: SDP });
      const told = await stage.told('answered');
      expect(told).toMatchObject({ leg, status: 200, reason: 'As Said', tag: GW, body: SDP });
      expect(headerValue(told.headers, 'x-any')).toBe('y');
    },
  ),

  promised(
    'any 2xx is an answer [3261-13.2.2.4]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      stage.gateway.answers(invite, 202);
      expect(await stage.told('answered')).toMatchObject({ leg, status: 202, tag: GW });
      stage.engine.acknowledge(leg, GW, NOTHING);
      await stage.gateway.hears('ACK');
    },
    { ability: 'other-2xx' },
  ),

  promised(
    'The UAC core MUST generate an ACK request for each 2xx received from the transaction layer. The header fields of the ACK are constructed in the same way as for any request sent within a dialog with the exception of the CSeq [3261-13.2.2.4]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      stage.gateway.answers(invite, 200);
      await stage.told('answered');
      stage.engine.acknowledge(leg, GW, NOTHING);
      const { message, text } = await stage.gateway.hears('ACK');
      const sent = invite.message;
      expect(text.startsWith(`ACK ${stage.gateway.uri} SIP/2.0\r\n`)).toBe(true);
      expect(headerValue(message.headers, 'from')).toBe(headerValue(sent.headers, 'from'));
      expect(headerValue(message.headers, 'to')).toBe(`${headerValue(sent.headers, 'to')};tag=gw`);
      expect(message.callId).toBe(sent.callId);
      expect(message.cseq).toEqual({ number: sent.cseq.number, method: 'ACK' });
      expect(message.via.branch).not.toBe(sent.via.branch);
      expect(message.body).toBe('');
    },
  ),

  promised(
    'If the 2xx contains an offer, the ACK MUST carry an answer in its body: the late offer [3261-13.2.2.4]',
    async (stage) => {
      const { leg, invite } = await calling(stage, NOTHING);
      stage.gateway.answers(invite, 200, { headers: [SDP_TYPE], body: SDP });
      expect((await stage.told('answered')).body).toBe(SDP);
      const answer = octetsOfText('v=0\r\ns=the answer\r\n');
      const headers = [...OFFER.headers, header('X-Any', 'y'), header('Require', 'not-ours')];
      stage.engine.acknowledge(leg, GW, { headers, body: answer });
      const { message, text } = await stage.gateway.hears('ACK');
      expect(message.body).toBe(answer);
      expect(headerValue(message.headers, 'content-type')).toBe('application/sdp');
      expect(headerValue(message.headers, 'x-any')).toBe('y');
      expect(text).not.toContain('not-ours');
    },
  ),

  ...BY_EACH.map(([only, ability]) =>
    promised(
      `The ACK MUST be passed to the client transport every time a retransmission of the 2xx final response that triggered the ACK arrives; the answer is told once: by ${only} [3261-13.2.2.4]`,
      async (stage) => {
        const { leg, invite } = await calling(stage, NOTHING);
        const again = () => stage.gateway.answers(invite, 200, { headers: [SDP_TYPE], body: SDP });
        again();
        await stage.told('answered');
        again();
        await stage.settle();
        stage.engine.acknowledge(leg, GW, OFFER);
        await stage.gateway.hears('ACK');
        again();
        expect((await stage.gateway.hearsAgain('ACK')).message.body).toBe(SDP);
        stage.engine.acknowledge(leg, GW, NOTHING);
        stage.engine.hangUp(leg, GW, []);
        await stage.gateway.hears('BYE');
        again();
        expect((await stage.gateway.hearsAgain('ACK')).message.body).toBe(SDP);
      },
      { only, ...ability.again },
    ),
  ),

  promised('provisionals after the answer say nothing any more [3261-17.1.1.2]', async (stage) => {
    const { invite } = await talking(stage);
    stage.gateway.answers(invite, 180);
  }),

  ...BY_EACH.map(([only, ability]) =>
    promised(
      `an answer whose far end names another address is followed there: by ${only} [3261-12.2.1.1]`,
      async (stage) => {
        const { leg, invite } = await calling(stage);
        const moved = await stage.openFarEnd(stage.elsewhere, stage.transport);
        stage.gateway.answers(invite, 200, { contact: moved.uri });
        await stage.told('answered');
        stage.engine.acknowledge(leg, GW, NOTHING);
        expect((await moved.hears('ACK')).message.uri).toBe(moved.uri);
        stage.engine.hangUp(leg, GW, []);
        expect((await moved.hears('BYE')).message.uri).toBe(moved.uri);
      },
      { only, ...ability.elsewhere },
    ),
  ),

  promised(
    'the route set for the dialog MUST be recomputed based on the 2xx response, in reverse order [3261-13.2.2.4] [3261-12.1.2]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const [first, second] = [`<${stage.gateway.uri};lr>`, '<sip:inner.example;lr>'];
      stage.gateway.answers(invite, 180, { headers: ['Record-Route: <sip:203.0.113.9;lr>'] });
      await stage.told('ringing');
      const contact = 'sip:psap@10.0.1.77:5080';
      const headers = [`Record-Route: ${second}`, `Record-Route: ${first}`];
      stage.gateway.answers(invite, 200, { contact, headers });
      await stage.told('answered');
      stage.engine.acknowledge(leg, GW, NOTHING);
      const ack = await stage.gateway.hears('ACK');
      expect(ack.message.uri).toBe(contact);
      expect(routesIn(ack.text)).toEqual([first, second]);
      stage.engine.hangUp(leg, GW, []);
      const bye = await stage.gateway.hears('BYE');
      expect(bye.message.uri).toBe(contact);
      expect(routesIn(bye.text)).toEqual([first, second]);
    },
  ),

  ...BEFORE_THE_ANSWER.map((method) =>
    promised(
      `in a dialog that is only early the gateway may ask, and hears what the node says: ${method} [3311-5.1]`,
      async (stage) => {
        const { leg, invite } = await ringing(stage);
        stage.gateway.asks(invite, method);
        const { request, ...told } = await stage.told('asked');
        expect(told).toMatchObject({ leg, method, tag: GW });
        stage.engine.reply(leg, request, replyOf(stage, 488));
        await stage.gateway.isTold(`488 ${method}`);
        stage.gateway.answers(invite, 200);
        expect(await stage.told('answered')).toMatchObject({ leg, tag: GW });
      },
      CARRIES,
    ),
  ),

  promised('orders for a callee who has not answered do nothing', async (stage) => {
    const { leg, invite } = await calling(stage);
    stage.gateway.answers(invite, 180);
    await stage.told('ringing');
    for (const tag of [GW, tagOf('nobody')]) {
      stage.engine.acknowledge(leg, tag, NOTHING);
      stage.engine.hangUp(leg, tag, []);
    }
  }),
];

/** A 181 that makes no dialog, word for word. */
function untagged(invite: string, contact: string): string {
  const lines = invite.slice(0, invite.indexOf('\r\n\r\n')).split('\r\n');
  const repeated = lines.filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
  const own = [`Contact: <${contact}>`, 'Content-Length: 0', '', ''];
  return ['SIP/2.0 181 As Said', ...repeated, ...own].join('\r\n');
}

/** Whether they stand in one line or in several is all the same. [3261-7.3.1] */
function routesIn(text: string): readonly string[] {
  const lines = text.split('\r\n').filter((line) => line.startsWith('Route: '));
  return lines.flatMap((line) => line.slice('Route: '.length).split(/,\s*/));
}
