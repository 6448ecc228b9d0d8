import { expect } from '@jest/globals';
import { octetsOfText } from '../../../../lib/base/brands.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { uriText } from '../../../../lib/sip/ids.ts';
import { calling, GW, inviteOrder, NOTHING, ringing } from '../call.ts';
import { type Promised, promised } from '../promise.ts';
import { BROADCAST, type Stage } from '../stage.ts';

/** What an INVITE of ours comes to that nobody answers. */
export const REFUSING: readonly Promised[] = [
  ...[300, 404, 486, 503, 603].map((status) =>
    promised(
      `${status} is told once, with its headers and body; the ACK MUST contain a single Via header field, equal to the top Via of the original request [3261-17.1.1.3]`,
      async (stage) => {
        const { leg, invite } = await calling(stage);
        const headers = ['Reason: Q.850;cause=17;text="busy"', 'X-Any: y', 'Content-Type: text/x'];
        const refuse = () => stage.gateway.answers(invite, status, { headers, body: 'why' });
        refuse();
        const { message } = await stage.gateway.hears('ACK');
        const told = await stage.told('refused');
        expect(told).toMatchObject({ leg, status, reason: 'As Said', cause: 'response' });
        expect(told.body).toBe('why');
        expect(headerValue(told.headers, 'reason')).toBe('Q.850;cause=17;text="busy"');
        expect(headerValue(told.headers, 'x-any')).toBe('y');
        expect(message.via.branch).toBe(invite.message.via.branch);
        expect(message.cseq.number).toBe(invite.message.cseq.number);
        expect(message.to.tag).toBe('gw');
        expect(message.uri).toBe(invite.message.uri);
      },
    ),
  ),

  promised('where a 302 points is told and not followed [3261-8.1.3.4]', async (stage) => {
    const { invite } = await calling(stage);
    stage.gateway.answers(invite, 302, { contact: 'sip:psap@10.0.1.78;transport=tcp' });
    await stage.gateway.hears('ACK');
    const { headers } = await stage.told('refused');
    expect(headerValue(headers, 'contact')).toBe('<sip:psap@10.0.1.78;transport=tcp>');
  }),

  promised(
    'Any retransmissions of the final response that are received while in the "Completed" state MUST cause the ACK to be re-passed to the transport layer for retransmission, but the newly received response MUST NOT be passed up to the TU [3261-17.1.1.2]',
    async (stage) => {
      const { invite } = await calling(stage);
      stage.gateway.answers(invite, 486);
      await stage.gateway.hears('ACK');
      await stage.told('refused');
      stage.gateway.answers(invite, 486);
      await stage.gateway.hearsAgain('ACK');
    },
    { only: 'udp' },
  ),

  promised(
    'When a timeout error is received from the transaction layer, it MUST be treated as if a 408 (Request Timeout) status code has been received [3261-8.1.3.1]',
    async (stage) => {
      const { leg } = await calling(stage);
      expect(await stage.told('refused', 32_000)).toMatchObject({
        ...NOTHING,
        leg,
        status: 408,
        reason: 'Request Timeout',
        cause: 'timeout',
      });
    },
    { waitsMs: 32_000 },
  ),

  promised(
    'a gateway that has said a provisional may take longer than that [3261-17.1.1.2]',
    async (stage) => {
      await ringing(stage);
      await stage.pass(40_000);
    },
    { waitsMs: 40_000 },
  ),

  promised(
    'an answer that comes after the timeout is told all the same',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      await stage.told('refused', 32_000);
      stage.gateway.answers(invite, 200);
      expect(await stage.told('answered')).toMatchObject({ leg, tag: GW });
      stage.engine.acknowledge(leg, GW, NOTHING);
      await stage.gateway.hears('ACK');
      stage.engine.hangUp(leg, GW, []);
      stage.gateway.answers(await stage.gateway.hears('BYE'), 200);
    },
    { waitsMs: 32_000, ability: 'late-answers' },
  ),

  promised(
    'an answer that comes after a refusal is told all the same: that callee believes to be in a call',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      stage.gateway.answers(invite, 503);
      await stage.gateway.hears('ACK');
      await stage.told('refused');
      stage.gateway.answers(invite, 200);
      expect(await stage.told('answered')).toMatchObject({ leg, tag: GW });
      stage.engine.hangUp(leg, GW, []);
      await stage.gateway.hears('ACK');
      await stage.gateway.hears('BYE');
    },
    { ability: 'late-answers' },
  ),

  promised(
    'If a fatal transport error is reported by the transport layer, the condition MUST be treated as a 503 (Service Unavailable) status code: a connection that is refused [3261-8.1.3.1]',
    async (stage) => expectUnreachable(stage, stage.elsewhere.address),
    { only: 'tcp' },
  ),

  promised(
    'a fatal transport error: a datagram that the system refuses to send [3261-8.1.3.1]',
    async (stage) => expectUnreachable(stage, BROADCAST),
    { only: 'udp' },
  ),

  promised(
    'a fatal transport error: a datagram that the host refuses, as ICMP says [3261-18.4]',
    async (stage) => expectUnreachable(stage, stage.elsewhere.address),
    { only: 'udp', ability: 'hear-icmp' },
  ),

  promised('an order for a leg that is over is ignored', async (stage) => {
    const { leg, invite } = await calling(stage);
    stage.gateway.answers(invite, 486);
    await stage.gateway.hears('ACK');
    await stage.told('refused');
    stage.engine.cancel(leg, []);
    stage.engine.acknowledge(leg, GW, NOTHING);
    stage.engine.hangUp(leg, GW, []);
  }),

  promised('the next gateway may be called while the node hears of the first', async (stage) => {
    const { leg, invite } = await calling(stage);
    const next = inviteOrder(stage, { body: octetsOfText('v=1\r\n') });
    stage.react(({ on }) => {
      if (on === 'refused') stage.engine.invite(next);
    });
    stage.gateway.answers(invite, 503);
    await stage.gateway.hears('ACK');
    expect((await stage.told('refused')).leg).toBe(leg);
    const second = await stage.gateway.hears('INVITE');
    expect(second.message.callId).toBe(next.callId);
    stage.gateway.answers(second, 180);
    expect((await stage.told('ringing')).leg).toBe(next.leg);
  }),
];

async function expectUnreachable(stage: Stage, address: string): Promise<void> {
  const uri = uriText(`sip:112@${address}:5080`);
  const order = inviteOrder(stage, { uri, nextHop: { address, port: 5080 } });
  stage.engine.invite(order);
  expect(await stage.told('refused')).toMatchObject({
    ...NOTHING,
    leg: order.leg,
    status: 503,
    reason: 'Service Unavailable',
    cause: 'transport',
  });
}
