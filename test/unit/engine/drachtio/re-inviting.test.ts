import { describe, expect, test } from '@jest/globals';
import {
  asking,
  type Call,
  GW,
  talking,
  withinOrder,
} from '../../../compliance/sip-engine/call.ts';
import { openStage, type Stage } from '../../../compliance/sip-engine/stage.ts';
import { DRACHTIO } from '../../../compliance/sip-engine/subjects/drachtio.ts';

const NET = '127.50';
const WORK_MS = 180_000;
const WAITING_MAX = 16;

async function inCall(times: number, act: (stage: Stage, call: Call) => Promise<void>) {
  const stage = await openStage({ ...DRACHTIO, net: NET }, { transport: 'udp', times });
  try {
    await act(stage, await talking(stage));
    await stage.isDone();
  } finally {
    await stage.close();
  }
}

describe('a re-INVITE of ours through drachtio-server', () => {
  test('that is worked on without end counts as 408, and what waits for it goes on [3261-16.8]', async () => {
    await inCall(100, async (stage, call) => {
      const { gateway, engine } = stage;
      const { request, heard } = await asking(stage, call, 'INVITE');
      gateway.answers(heard, 100);
      const info = withinOrder(stage, 'INFO');
      engine.ask(call.leg, GW, info);
      expect(await stage.told('replied', WORK_MS)).toMatchObject({ request, status: 408 });
      gateway.answers(await gateway.hears('INFO'), 200);
      expect(await stage.told('replied')).toMatchObject({ request: info.request, status: 200 });
      gateway.answers(heard, 200);
      await gateway.hears('ACK');
    });
  });

  test('lets so many requests wait for it and no more', async () => {
    await inCall(1, async (stage, call) => {
      const { gateway, engine } = stage;
      const { request, heard } = await asking(stage, call, 'INVITE');
      for (let count = 0; count < WAITING_MAX; count += 1) {
        engine.ask(call.leg, GW, withinOrder(stage, 'INFO'));
      }
      const surplus = withinOrder(stage, 'INFO');
      engine.ask(call.leg, GW, surplus);
      expect(await stage.told('replied')).toMatchObject({ request: surplus.request, status: 500 });
      gateway.answers(heard, 488);
      await gateway.hears('ACK');
      expect(await stage.told('replied')).toMatchObject({ request, status: 488 });
      for (let count = 0; count < WAITING_MAX; count += 1) await gateway.hears('INFO');
    });
  });
});
