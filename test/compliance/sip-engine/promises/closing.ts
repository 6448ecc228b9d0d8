import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { ProbeOutcome } from '../../../../lib/ports/outside-dialogs.ts';
import { writeAddress } from '../../../../lib/sip/address.ts';
import { requestId, uriText } from '../../../../lib/sip/ids.ts';
import { asking, calling, GW, NOTHING, replyOf, ringing, talking, withinOrder } from '../call.ts';
import { type Promised, promised } from '../promise.ts';
import type { Stage } from '../stage.ts';

/** Longer than any timer of a transaction. */
const LONG_MS = 80_000;
/** More than a message takes on the loopback, by the clock of the machine. */
const MOMENT_MS = 100;

/** An engine that is closed. */
export const CLOSING: readonly Promised[] = [
  promised(
    'nothing is told any more, whatever the gateway says',
    async (stage) => {
      await goOnAfterTheEnd(stage);
      stage.gateway.shrugsOff();
    },
    { only: 'udp' },
  ),

  promised('nor is anything said to the gateway', goOnAfterTheEnd, {
    only: 'udp',
    ability: 'fall-silent',
  }),

  promised(
    'nothing happens by itself any more: no timeout is told, nothing is sent again',
    async (stage) => {
      const outcomes = probed(stage);
      await stage.gateway.hears('OPTIONS');
      await calling(stage);
      const cancelled = await ringing(stage);
      stage.engine.cancel(cancelled.leg, []);
      await stage.gateway.hears('CANCEL');
      await asking(stage, await talking(stage), 'INFO');
      await asking(stage, await talking(stage), 'INVITE');
      const ended = await talking(stage);
      stage.engine.hangUp(ended.leg, GW, []);
      await stage.gateway.hears('BYE');
      await stage.closeEngine();
      await stage.pass(LONG_MS);
      expect(outcomes).toEqual([]);
    },
    { waitsMs: LONG_MS },
  ),

  promised('an order for any of its legs is ignored', async (stage) => {
    const early = await ringing(stage);
    const up = await talking(stage);
    stage.gateway.asks(up.invite, 'INFO');
    const { request } = await stage.told('asked');
    await stage.closeEngine();
    stage.engine.cancel(early.leg, []);
    stage.engine.acknowledge(up.leg, GW, NOTHING);
    stage.engine.reply(up.leg, request, replyOf(stage, 200));
    stage.engine.ask(up.leg, GW, withinOrder(stage, 'INFO'));
    stage.engine.retract(up.leg, requestId('none'), []);
    stage.engine.confirm(up.leg, requestId('none'), NOTHING);
    stage.engine.hangUp(up.leg, GW, []);
    await pause(MOMENT_MS);
  }),
];

async function goOnAfterTheEnd(stage: Stage): Promise<void> {
  const early = await ringing(stage);
  const up = await talking(stage);
  const waiting = await calling(stage);
  await stage.closeEngine();
  stage.gateway.answers(early.invite, 200);
  stage.gateway.answers(waiting.invite, 503);
  stage.gateway.asks(up.invite, 'INFO');
  stage.gateway.asks(up.invite, 'BYE');
  await pause(MOMENT_MS);
}

function probed(stage: Stage): readonly ProbeOutcome[] {
  const outcomes: ProbeOutcome[] = [];
  const { at: nextHop } = stage.gateway;
  const uri = uriText(`sip:ping@${writeAddress(nextHop)}`);
  const probe = { listener: stage.listener(), nextHop, uri, timeoutMs: LONG_MS - 20_000 };
  stage.engine.probe(probe, (outcome) => void outcomes.push(outcome));
  return outcomes;
}
