import { expect } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { tagOf } from '../../../../lib/sip/ids.ts';
import { calling, GW, NOTHING, replyOf, talking, withinOrder } from '../call.ts';
import { type Needs, type Promised, promised } from '../promise.ts';

const AFTER_THE_END: readonly (readonly [string, Needs])[] = [
  ['UPDATE', {}],
  ['BYE', {}],
  ['INFO', { ability: 'know-early-and-late' }],
];

/** The end of a call that is up. */
export const HANGING_UP: readonly Promised[] = [
  promised(
    'our BYE is a request within the dialog like any other, with what the node adds [3261-15.1.1]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      const headers = [header('Reason', 'Q.850;cause=16'), header('Supported', 'not-ours')];
      stage.engine.hangUp(leg, GW, headers);
      const bye = await stage.gateway.hears('BYE');
      const { message, text } = bye;
      const sent = invite.message;
      expect(message.uri).toBe(stage.gateway.uri);
      expect(message.callId).toBe(sent.callId);
      expect(headerValue(message.headers, 'from')).toBe(headerValue(sent.headers, 'from'));
      expect(headerValue(message.headers, 'to')).toBe(`${headerValue(sent.headers, 'to')};tag=gw`);
      expect(message.cseq.number).toBeGreaterThan(sent.cseq.number);
      expect(headerValue(message.headers, 'reason')).toBe('Q.850;cause=16');
      expect(text).not.toContain('not-ours');
      stage.gateway.answers(bye, 200);
    },
  ),

  promised(
    'whatever becomes of our BYE, the call is over and nothing more is told of it [3261-15.1.1]',
    async (stage) => {
      for (const status of [200, 481, 408, 500]) {
        const { leg } = await talking(stage);
        stage.engine.hangUp(leg, GW, []);
        stage.gateway.answers(await stage.gateway.hears('BYE'), status);
        stage.engine.hangUp(leg, GW, []);
      }
    },
  ),

  promised(
    'a BYE that nobody answers is given up without a word [3261-17.1.2.2]',
    async (stage) => {
      const { leg } = await talking(stage);
      stage.engine.hangUp(leg, GW, []);
      await stage.gateway.hears('BYE');
      await stage.pass(34_000);
    },
    { waitsMs: 34_000 },
  ),

  promised(
    'a 2xx gets its ACK before the BYE, where the node hangs up at once [3261-13.2.2.4] [3261-15]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      stage.react(({ on }) => {
        if (on === 'answered') stage.engine.hangUp(leg, GW, []);
      });
      stage.gateway.answers(invite, 200);
      await stage.told('answered');
      expect((await stage.gateway.hears('ACK')).message.to.tag).toBe('gw');
      stage.gateway.answers(await stage.gateway.hears('BYE'), 200);
    },
  ),

  promised('of an answer that the node hangs up at once nothing more is told', async (stage) => {
    stage.react(({ on, leg }) => {
      if (on === 'answered') stage.engine.hangUp(leg, GW, []);
    });
    for (const status of [200, 202]) {
      const { invite } = await calling(stage);
      stage.gateway.answers(invite, status);
      await stage.told('answered');
      await stage.settle();
      stage.gateway.shrugsOff();
    }
  }),

  promised(
    'their BYE is answered by the engine with 200 and told with its headers and where it came from [3261-15.1.2]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      stage.gateway.asks(invite, 'BYE', { headers: ['Reason: Q.850;cause=31', 'X-Any: y'] });
      await stage.gateway.isTold('200 BYE');
      const told = await stage.told('hung-up');
      expect(told).toMatchObject({ leg, tag: GW });
      expect(headerValue(told.headers, 'reason')).toBe('Q.850;cause=31');
      expect(headerValue(told.headers, 'x-any')).toBe('y');
      expect(told.receivedOn.listener).toMatchObject({
        role: 'gateway',
        transport: stage.transport,
        address: stage.place().address,
      });
      expect(told.receivedOn.source.address).toBe(stage.gateway.at.address);
    },
  ),

  promised(
    'a BYE that comes again gets its 200 again and is told once [3261-17.2.2]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      const bye = stage.gateway.asks(invite, 'BYE');
      await stage.gateway.isTold('200 BYE');
      expect(await stage.told('hung-up')).toMatchObject({ leg });
      stage.gateway.asksAgain(bye);
      await stage.gateway.hearsAgain('200 BYE');
    },
    { only: 'udp' },
  ),

  promised('their BYE that comes before the ACK ends the call all the same', async (stage) => {
    const { leg, invite } = await calling(stage);
    stage.gateway.answers(invite, 200);
    await stage.told('answered');
    stage.gateway.asks(invite, 'BYE');
    await stage.gateway.isTold('200 BYE');
    expect(await stage.told('hung-up')).toMatchObject({ leg, tag: GW });
    stage.engine.hangUp(leg, GW, []);
  }),

  promised('their BYE that crosses ours is right, too, and says nothing new', async (stage) => {
    const { leg, invite } = await talking(stage);
    stage.engine.hangUp(leg, GW, []);
    const bye = await stage.gateway.hears('BYE');
    stage.gateway.asks(invite, 'BYE');
    await stage.gateway.isTold('200 BYE');
    stage.gateway.answers(bye, 481);
  }),

  promised(
    'The UAS MUST still respond to any pending requests received for that dialog. It is RECOMMENDED that a 487 (Request Terminated) response be generated to those pending requests. [3261-15.1.2]',
    async (stage) => {
      const { invite } = await talking(stage);
      stage.gateway.asks(invite, 'INFO');
      await stage.told('asked');
      stage.gateway.asks(invite, 'BYE');
      const heard = [await stage.gateway.hearsAny(), await stage.gateway.hearsAny()];
      expect(heard.map(({ what }) => what).sort()).toEqual(['200 BYE', '487 INFO']);
      await stage.told('hung-up');
    },
    { ability: 'end-with-487' },
  ),

  promised(
    'what waits for the node gets its end, too, when we hang up [3261-15.1.2]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      stage.gateway.asks(invite, 'INFO');
      await stage.told('asked');
      stage.engine.hangUp(leg, GW, []);
      const heard = [await stage.gateway.hearsAny(), await stage.gateway.hearsAny()];
      expect(heard.map(({ what }) => what)).toEqual(['487 INFO', 'BYE']);
    },
  ),

  ...['ours', 'theirs'].map((whose) =>
    promised(`an order for a call that is over is ignored: by a BYE of ${whose}`, async (stage) => {
      const { leg, invite } = await talking(stage);
      stage.gateway.asks(invite, 'INFO');
      const { request } = await stage.told('asked');
      stage.engine.reply(leg, request, replyOf(stage, 200));
      await stage.gateway.isTold('200 INFO');
      if (whose === 'ours') {
        stage.engine.hangUp(leg, GW, []);
        stage.gateway.answers(await stage.gateway.hears('BYE'), 200);
      } else {
        stage.gateway.asks(invite, 'BYE');
        await stage.gateway.isTold('200 BYE');
        await stage.told('hung-up');
      }
      await stage.settle();
      stage.engine.cancel(leg, []);
      stage.engine.acknowledge(leg, GW, NOTHING);
      stage.engine.hangUp(leg, GW, []);
      stage.engine.reply(leg, request, replyOf(stage, 486));
      stage.engine.confirm(leg, request, NOTHING);
      stage.engine.retract(leg, request, []);
    }),
  ),

  promised('an order for a leg or a dialog that never was is ignored', async (stage) => {
    const { leg } = await talking(stage);
    const nobody = tagOf('nobody');
    stage.engine.hangUp(leg, nobody, []);
    stage.engine.acknowledge(leg, nobody, NOTHING);
    stage.engine.ask(leg, nobody, withinOrder(stage, 'INFO'));
  }),

  ...AFTER_THE_END.map(([method, needs]) =>
    promised(
      `${method} in a call that is over gets 481 [3261-12.2.2]`,
      async (stage) => {
        const { invite } = await talking(stage);
        stage.gateway.asks(invite, 'BYE');
        await stage.gateway.isTold('200 BYE');
        await stage.told('hung-up');
        stage.gateway.asks(invite, method);
        await stage.gateway.isTold(`481 ${method}`);
      },
      needs,
    ),
  ),
];
