import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { complaintsOf } from '../support/sipp.ts';
import { openStage, type Stage } from '../support/stage.ts';

const NET = '127.21.18';
const SECONDS = 4;
const FLOOD_PER_SEC = 200;
const EMERGENCY_PER_SEC = 20;
const SHARE_PER_SEC = 30;
jest.setTimeout(60_000);

describe(`a flood of ${FLOOD_PER_SEC} ordinary calls a second from one source`, () => {
  let stage: Stage;
  beforeAll(async () => {
    const trunks = [
      { name: 'flood', source: [`${NET}.102`], callsPerSecMax: SHARE_PER_SEC },
      { name: 'honest', source: [`${NET}.101`] },
    ];
    stage = await openStage({ net: NET, keys: { trunks } });
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  test('gets its share, and every emergency call of another source gets through', async () => {
    const { site } = stage;
    await stage.gateway('uas-answer');
    const load = { pauseMs: 100, atOnceMax: 400, withinSec: 30 };
    const flood = await stage.startCall('uac-either', {
      ...load,
      local: { address: `${NET}.102`, port: 5060 },
      service: '5550100',
      calls: FLOOD_PER_SEC * SECONDS,
      perSec: FLOOD_PER_SEC,
    });
    const emergency = await stage.call('uac-honours-contact', {
      ...load,
      calls: EMERGENCY_PER_SEC * (SECONDS - 1),
      perSec: EMERGENCY_PER_SEC,
    });
    expect(complaintsOf(emergency)).toBe('');
    expect(emergency.succeeded).toBe(EMERGENCY_PER_SEC * (SECONDS - 1));
    expect(complaintsOf(await flood.ended)).toBe('');

    const all = FLOOD_PER_SEC * SECONDS + emergency.succeeded;
    const records = await site.recordsOf(all, 15_000);
    expect(records).toHaveLength(all);
    const served = records.filter(({ trunk }) => trunk === 'honest');
    expect(served.filter(({ reason }) => reason !== 'caller-hung-up')).toEqual([]);
    const reasons = records.filter(({ trunk }) => trunk === 'flood').map(({ reason }) => reason);
    const placed = reasons.filter((reason) => reason === 'caller-hung-up').length;
    expect(new Set(reasons)).toEqual(new Set(['caller-hung-up', 'over-rate']));
    expect(placed).toBeGreaterThanOrEqual(SHARE_PER_SEC * SECONDS);
    // The share of one second stands ready when the flood begins, and its end may be late.
    expect(placed).toBeLessThanOrEqual(SHARE_PER_SEC * (SECONDS + 3));
    expect(await site.metric('landfall_refusals_total', 'condition="over-rate"')).toBe(
      reasons.length - placed,
    );
  });
});
