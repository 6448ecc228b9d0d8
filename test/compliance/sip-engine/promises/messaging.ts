import { expect } from '@jest/globals';
import { octetsOfText } from '../../../../lib/base/brands.ts';
import type { MessageOutcome, OutgoingMessage } from '../../../../lib/ports/outside-dialogs.ts';
import { writeAddress } from '../../../../lib/sip/address.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { sipCallId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { Tape } from '../../../support/tape.ts';
import { type Promised, promised } from '../promise.ts';
import type { Stage } from '../stage.ts';

const SILENCE_MS = 200;

const NEEDS = { ability: 'send-messages' } as const;

/** A MESSAGE outside of every call. */
export const MESSAGING: readonly Promised[] = [
  promised(
    'says what was ordered, without a Contact, and its answer is told',
    async (stage) => {
      const order = orderOf(stage);
      const { outcomes } = sent(stage, order);
      const heard = await stage.gateway.hears('MESSAGE');
      const { uri, from, to, callId, headers, body } = heard.message;
      expect({ uri, callId, body }).toEqual({
        uri: order.uri,
        callId: order.callId,
        body: order.body,
      });
      expect([from.tag, to.tag]).toEqual([order.tag, undefined]);
      expect(headerValue(headers, 'x-one')).toBe('1');
      expect(headerValue(headers, 'max-forwards')).toBe('69');
      expect(headerValue(headers, 'contact')).toBeUndefined();
      stage.gateway.answers(heard, 202, { headers: ['X-Two: 2'] });
      const outcome = await outcomes.next('an outcome');
      expect(outcome).toMatchObject({ kind: 'answered', status: 202 });
      const said = outcome.kind === 'answered' ? headerValue(outcome.headers, 'x-two') : undefined;
      expect(said).toBe('2');
      expect(outcomes.untaken).toEqual([]);
    },
    NEEDS,
  ),

  promised(
    'silence is told, and an answer that comes later all the same',
    async (stage) => {
      const { outcomes } = sent(stage, orderOf(stage));
      const heard = await stage.gateway.hears('MESSAGE');
      expect(await outcomes.next('an outcome')).toEqual({ kind: 'silent' });
      stage.gateway.answers(heard, 404);
      expect(await outcomes.next('another')).toMatchObject({ kind: 'answered', status: 404 });
    },
    NEEDS,
  ),

  promised(
    'of one that was let go nothing more is told',
    async (stage) => {
      const { outcomes, letGo } = sent(stage, orderOf(stage));
      const heard = await stage.gateway.hears('MESSAGE');
      letGo();
      stage.gateway.answers(heard, 200);
      await stage.settle();
      expect(outcomes.untaken).toEqual([]);
    },
    NEEDS,
  ),
];

function orderOf(stage: Stage): OutgoingMessage {
  const { at: nextHop, transport } = stage.gateway;
  const more = transport === 'udp' ? '' : `;transport=${transport}`;
  return {
    listener: stage.listener(),
    nextHop,
    uri: uriText(`sip:112@${writeAddress(nextHop)}${more}`),
    from: '<sip:+4670@op.example>;tag=ours',
    to: '<sip:112@192.0.2.112>',
    tag: tagOf('ours'),
    callId: sipCallId('a-message'),
    maxForwards: 69,
    headers: [header('X-One', '1'), header('Content-Type', 'text/plain')],
    body: octetsOfText('help'),
    silenceMs: SILENCE_MS,
  };
}

function sent({ engine }: Stage, order: OutgoingMessage) {
  const outcomes = new Tape<MessageOutcome>();
  const letGo = engine.sendMessage(order, (outcome) => outcomes.push(outcome));
  return { outcomes, letGo };
}
