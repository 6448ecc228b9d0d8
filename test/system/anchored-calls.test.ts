import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { callScenarios } from '../support/call-scenarios.ts';
import type { Child } from '../support/child.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { openStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

jest.setTimeout(60_000);
const NET = '127.21.52';
const PLACE = rtpengineBeside(NET, 1);
let rtpengine: Child;
beforeAll(async () => {
  rtpengine = await startRtpengine(PLACE);
});
afterAll(async () => {
  await rtpengine.stop();
});

callScenarios(
  'calls through a running site whose media crosses it',
  () => openStage({ net: NET, keys: mediaKeys([PLACE]) }),
  async (site) => {
    await until('nothing to be anchored', async () => (await callsAt(PLACE.ng)).length === 0);
    expect(await site.metric('landfall_media_total', 'outcome="offer-done"')).toBeGreaterThan(0);
  },
);
