import { expect } from '@jest/globals';
import { tagOf } from '../../../../lib/sip/ids.ts';
import { calling, NOTHING, replyOf } from '../call.ts';
import { type Promised, promised } from '../promise.ts';
import type { Stage } from '../stage.ts';

const ONE = tagOf('one');
const TWO = tagOf('two');

/** An INVITE of ours that somebody behind the gateway sends to several. */
export const FORKING: readonly Promised[] = [
  promised('each early dialog is told by its tag [3261-13.2.2.4]', async (stage) => {
    const { leg, invite } = await calling(stage);
    for (const tag of [ONE, TWO]) {
      stage.gateway.answers(invite, 180, { tag });
      expect(await stage.told('ringing')).toMatchObject({ leg, tag });
    }
  }),

  promised(
    'Multiple 2xx responses may arrive at the UAC for a single INVITE request due to a forking proxy. Each response is distinguished by the tag parameter in the To header field, and each represents a distinct dialog, with a distinct dialog identifier. [3261-13.2.2.4]',
    async (stage) => {
      const { leg } = await bothAnswered(stage);
      stage.engine.acknowledge(leg, ONE, NOTHING);
      expect((await stage.gateway.hears('ACK')).message.to.tag).toBe(ONE);
      stage.engine.hangUp(leg, TWO, []);
      expect((await stage.gateway.hears('ACK')).message.to.tag).toBe(TWO);
      expect((await stage.gateway.hears('BYE')).message.to.tag).toBe(TWO);
    },
    { ability: 'tell-forks' },
  ),

  promised(
    'the end of one dialog is not the end of the other [3261-15]',
    async (stage) => {
      const { leg, invite } = await bothAnswered(stage);
      for (const tag of [ONE, TWO]) {
        stage.engine.acknowledge(leg, tag, NOTHING);
        await stage.gateway.hears('ACK');
      }
      stage.gateway.asks(invite, 'BYE', { tag: ONE });
      await stage.gateway.isTold('200 BYE');
      expect(await stage.told('hung-up')).toMatchObject({ leg, tag: ONE });
      stage.gateway.asks(invite, 'INFO', { tag: TWO });
      const { request } = await stage.told('asked');
      stage.engine.reply(leg, request, replyOf(stage, 200));
      await stage.gateway.isTold('200 INFO');
      stage.engine.hangUp(leg, TWO, []);
      expect((await stage.gateway.hears('BYE')).message.to.tag).toBe(TWO);
    },
    { ability: 'tell-forks' },
  ),
];

async function bothAnswered(stage: Stage) {
  const call = await calling(stage);
  for (const tag of [ONE, TWO]) {
    stage.gateway.answers(call.invite, 200, { tag });
    expect(await stage.told('answered')).toMatchObject({ leg: call.leg, tag });
  }
  return call;
}
