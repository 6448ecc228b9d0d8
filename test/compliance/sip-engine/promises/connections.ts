import { setImmediate as turn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { calling, GW, NOTHING, ringing, SDP, SDP_TYPE, talking } from '../call.ts';
import { type Promised, promised } from '../promise.ts';

const PIECE_BYTES = 97;
const ONLY = { only: 'tcp' } as const;

/** What a stream does that datagrams do not. */
export const CONNECTIONS: readonly Promised[] = [
  promised(
    'the Content-Length header field value is used to locate the end of each SIP message in the stream: several in one piece [3261-18.3]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const { gateway } = stage;
      const offer = { headers: [SDP_TYPE], body: SDP };
      gateway.say(
        [
          gateway.response(invite, 182),
          gateway.response(invite, 183, offer),
          gateway.response(invite, 200, offer),
        ].join(''),
      );
      expect(await stage.told('ringing')).toMatchObject({ leg, status: 182 });
      expect(await stage.told('ringing')).toMatchObject({ leg, status: 183, body: SDP });
      expect(await stage.told('answered')).toMatchObject({ leg, status: 200, body: SDP });
    },
    ONLY,
  ),

  promised(
    'empty lines between two messages of one piece are a ping and no part of either [5626-3.5.1]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const { gateway } = stage;
      gateway.say([180, 183].map((status) => gateway.response(invite, status)).join('\r\n\r\n'));
      expect(await stage.told('ringing')).toMatchObject({ leg, status: 180 });
      expect(await stage.told('ringing')).toMatchObject({ leg, status: 183 });
    },
    { ...ONLY, ability: 'read-past-a-ping' },
  ),

  promised(
    'the Content-Length header field value is used to locate the end of each SIP message in the stream: one in many pieces [3261-18.3]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const body = SDP.repeat(20);
      const text = stage.gateway.response(invite, 200, { headers: [SDP_TYPE], body });
      for (let at = 0; at < text.length; at += PIECE_BYTES) {
        stage.gateway.say(text.slice(at, at + PIECE_BYTES));
        await turn();
      }
      expect(await stage.told('answered')).toMatchObject({ leg, body });
    },
    ONLY,
  ),

  promised(
    'a call outlives the connection that it was made on: its next request opens another [3261-18.1.1]',
    async (stage) => {
      const { leg } = await talking(stage);
      stage.gateway.cut();
      await stage.settle();
      stage.engine.hangUp(leg, GW, []);
      stage.gateway.answers(await stage.gateway.hears('BYE'), 200);
    },
    ONLY,
  ),

  promised(
    'an INVITE that rings outlives it, too: the answer may come by another [3261-18.1.1]',
    async (stage) => {
      const { leg, invite } = await ringing(stage);
      stage.gateway.cut();
      await stage.settle();
      stage.gateway.answers(invite, 200);
      expect(await stage.told('answered')).toMatchObject({ leg, tag: GW });
      stage.engine.acknowledge(leg, GW, NOTHING);
      await stage.gateway.hears('ACK');
    },
    ONLY,
  ),
];
