import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { type Callers, openCallers } from '../support/callers.ts';
import type { Child } from '../support/child.ts';
import { type Guest, type MediaGateway, openMediaGateway } from '../support/media-gateway.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { sdpOf } from '../support/rtp-peer.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { VirtualWorld } from '../support/virtual-world.ts';

const NET = '127.21.49';
const PLACE = rtpengineBeside(NET, 1);
const CALLS = Number(process.env['LANDFALL_CANCELS'] ?? 300);
const AT_ONCE = 30;
const SEED = Number(process.env['SEED'] ?? 20261127);
/** By when a caller has left, and what a gateway takes for each thing that it does. */
const PATIENCE_MS = 300;
const GATEWAY_MS = 120;
const LEFT = ['caller-cancelled', 'caller-hung-up'];
/** At some callers both gateways refuse before they leave; on a busy machine at none. */
const ENDS = [...LEFT, 'gateways-exhausted'];
jest.setTimeout(60_000 + 50 * CALLS);

describe(`${CALLS} callers leave at any moment`, () => {
  let rtpengine: Child;
  let stage: Stage;
  let callers: Callers;
  let gateways: readonly MediaGateway[];
  const { random } = new VirtualWorld(SEED);
  const draw = (below: number) => Math.floor(random() * below);
  beforeAll(async () => {
    process.stdout.write(`seed ${SEED}\n`);
    rtpengine = await startRtpengine(PLACE);
    stage = await openStage({ net: NET, gatewayCount: 2, keys: mediaKeys([PLACE]) });
    callers = await openCallers(stage.caller, stage.site.anycast);
    gateways = await Promise.all(
      stage.gateways.map((at) => {
        const sdp = sdpOf({ at: { ...at, port: 4000 }, formats: '8' });
        return openMediaGateway(
          at,
          () => sdp,
          (guest) => void serve(guest),
        );
      }),
    );
  });
  afterAll(async () => {
    await callers.close();
    for (const gateway of gateways) await gateway.close();
    expect(await stage.close()).toBe(0);
    await rtpengine.stop();
  });

  test('and nothing is left at rtpengine', async () => {
    for (let left = CALLS; left > 0; left -= AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, callAndLeave));

    const records = await stage.site.recordsOf(CALLS);
    expect(records).toHaveLength(CALLS);
    await until('nothing to be anchored', async () => (await callsAt(PLACE.ng)).length === 0);
    const ends = [...new Set<string>(records.map(({ reason }) => reason))];
    expect(ends).toEqual(expect.arrayContaining(LEFT));
    expect(ENDS).toEqual(expect.arrayContaining(ends));
    expect(records.filter(({ attempts }) => attempts.length > 1).length).toBeGreaterThan(0);
    expect(records.filter(({ media }) => media !== undefined).length).toBeGreaterThan(0);
    const errors = stage.site.notices().filter(({ level }) => level === 'error');
    expect(errors.filter(({ event }) => event !== 'emergency-group-failed')).toEqual([]);
  });

  async function callAndLeave(): Promise<void> {
    const uri = `sip:112@${stage.site.anycast.address}`;
    const sdp = sdpOf({ at: { ...stage.caller, port: 4000 } });
    const caller = callers.call({ uri, sdp, offersLate: draw(10) === 0 });
    await pause(draw(PATIENCE_MS));
    caller.leave();
    await until(`the end of ${caller.sipCallId}`, () => caller.isOver);
  }

  /** Rings, with early media or without, and answers, refuses, or just goes on ringing. */
  async function serve(guest: Guest): Promise<void> {
    await pause(draw(GATEWAY_MS));
    if (!guest.isOver)
      guest.ring(draw(2) === 0 ? 180 : 183, draw(2) === 0 ? 'early-media' : undefined);
    await pause(draw(GATEWAY_MS));
    if (guest.isOver) return;
    const what = draw(3);
    if (what === 0) guest.answer();
    if (what === 1) guest.reject(480);
  }
});
