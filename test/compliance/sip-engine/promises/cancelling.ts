import { expect } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { calling, GW, NOTHING, ringing, talking } from '../call.ts';
import { type Promised, promised } from '../promise.ts';
import type { Stage } from '../stage.ts';

const REASON = [header('Reason', 'SIP;cause=487;text="gone"'), header('Require', 'not-ours')];

/** Giving up a gateway. */
export const CANCELLING: readonly Promised[] = [
  promised(
    'If no provisional response has been received, the CANCEL request MUST NOT be sent; rather, the client MUST wait for the arrival of a provisional response before sending the request [3261-9.1]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      stage.engine.cancel(leg, REASON);
      await stage.settle();
      expect(stage.gateway.unheard).toEqual([]);
      stage.gateway.answers(invite, 180);
      const cancel = await stage.gateway.hears('CANCEL');
      await stage.told('ringing');
      stage.gateway.answers(cancel, 200);
      stage.gateway.answers(invite, 487);
      await stage.gateway.hears('ACK');
      expect(await stage.told('refused')).toMatchObject({ leg, status: 487, cause: 'response' });
    },
  ),

  promised(
    'The Request-URI, Call-ID, To, the numeric part of CSeq, and From header fields in the CANCEL request MUST be identical to those in the request being cancelled, including tags; a single Via that matches the top Via value [3261-9.1]',
    async (stage) => {
      const { leg, invite } = await ringing(stage);
      stage.engine.cancel(leg, REASON);
      const { message, text } = await stage.gateway.hears('CANCEL');
      const sent = invite.message;
      expect(message.uri).toBe(sent.uri);
      expect(message.callId).toBe(sent.callId);
      expect(message.cseq).toEqual({ number: sent.cseq.number, method: 'CANCEL' });
      for (const name of ['to', 'from']) {
        expect(headerValue(message.headers, name)).toBe(headerValue(sent.headers, name));
      }
      expect(message.via.branch).toBe(sent.via.branch);
      expect(text.match(/^Via:/gim)).toHaveLength(1);
      expect(headerValue(message.headers, 'reason')).toBe('SIP;cause=487;text="gone"');
      expect(text).not.toContain('not-ours');
    },
  ),

  promised('a second order to give up is one too many', async (stage) => {
    const { leg, invite } = await ringing(stage);
    stage.engine.cancel(leg, []);
    stage.engine.cancel(leg, []);
    stage.gateway.answers(await stage.gateway.hears('CANCEL'), 200);
    stage.engine.cancel(leg, []);
    stage.gateway.answers(invite, 487);
    await stage.gateway.hears('ACK');
    expect(await stage.told('refused')).toMatchObject({ leg, status: 487 });
  }),

  promised('the node may give up while it hears the first ringing', async (stage) => {
    stage.react(({ leg, on }) => {
      if (on === 'ringing') stage.engine.cancel(leg, []);
    });
    await ringing(stage);
    await stage.gateway.hears('CANCEL');
  }),

  promised(
    'an answer that crosses the CANCEL is an answer: acknowledged, and hung up [3261-9.1]',
    async (stage) => {
      const { leg, invite } = await ringing(stage);
      stage.engine.cancel(leg, []);
      const cancel = await stage.gateway.hears('CANCEL');
      stage.gateway.answers(invite, 200);
      stage.gateway.answers(cancel, 481);
      expect(await stage.told('answered')).toMatchObject({ leg, tag: GW });
      stage.engine.acknowledge(leg, GW, NOTHING);
      stage.engine.hangUp(leg, GW, []);
      await stage.gateway.hears('ACK');
      stage.gateway.answers(await stage.gateway.hears('BYE'), 200);
    },
    { ability: 'answers-after-cancel' },
  ),

  promised(
    'a callee whose answer crosses the CANCEL is not left in a call: one ACK, one BYE [3261-15]',
    async (stage) => {
      hangUpWhatAnswers(stage);
      const { leg, invite } = await ringing(stage);
      stage.engine.cancel(leg, []);
      const cancel = await stage.gateway.hears('CANCEL');
      stage.gateway.answers(invite, 200);
      stage.gateway.answers(cancel, 200);
      await stage.gateway.hears('ACK');
      stage.gateway.answers(await stage.gateway.hears('BYE'), 200);
      await stage.toldOneOf('answered', 'refused');
    },
  ),

  promised(
    'If the original request has generated a final response, the CANCEL SHOULD NOT be sent [3261-9.1]',
    async (stage) => {
      hangUpWhatAnswers(stage);
      const { leg, invite } = await calling(stage);
      stage.engine.cancel(leg, []);
      stage.gateway.answers(invite, 200);
      await stage.toldOneOf('answered', 'refused');
      stage.engine.cancel(leg, []);
      await stage.gateway.hears('ACK');
      await stage.gateway.hears('BYE');
    },
  ),

  promised('a call that is up is not given up by CANCEL [3261-9]', async (stage) => {
    const { leg } = await talking(stage);
    stage.engine.cancel(leg, []);
  }),

  promised(
    'a gateway that was given up and says nothing never sees a CANCEL, and counts as timed out [3261-9.1]',
    async (stage) => {
      const { leg } = await calling(stage);
      stage.engine.cancel(leg, []);
      expect(await stage.told('refused', 32_000)).toMatchObject({ leg, status: 408 });
    },
    { waitsMs: 32_000 },
  ),

  promised(
    'If there is no final response for the original request in 64*T1 seconds, the client SHOULD then consider the original transaction cancelled [3261-9.1]',
    async (stage) => {
      const { leg, invite } = await ringing(stage);
      stage.engine.cancel(leg, []);
      stage.gateway.answers(await stage.gateway.hears('CANCEL'), 200);
      const told = await stage.told('refused', 32_000);
      expect(told).toMatchObject({ leg, status: 408, cause: 'timeout' });
      stage.gateway.answers(invite, 487);
      await stage.gateway.hears('ACK');
    },
    { waitsMs: 32_000 },
  ),
];

function hangUpWhatAnswers(stage: Stage): void {
  stage.react((event) => {
    if (event.on === 'answered') stage.engine.hangUp(event.leg, event.tag, []);
  });
}
