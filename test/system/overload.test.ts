import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startHalting } from '../support/halting.ts';
import { complaintsOf } from '../support/sipp.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.40';
const SECONDS = 5;
const ORDINARY_PER_SEC = 40;
const EMERGENCY_PER_SEC = 10;
/** Three quarters of its time are taken from the node, a quarter of a second and more at once. */
const HALTS = { stoppedMs: 300, runsMs: 100 };
jest.setTimeout(60_000);

describe('a node that is too late', () => {
  let stage: Stage;
  beforeAll(async () => {
    const trunks = [
      { name: 'office', source: [`${NET}.102`] },
      { name: 'carrier', source: [`${NET}.101`] },
    ];
    stage = await openStage({ net: NET, keys: { trunks } });
    await stage.gateway('uas-answer');
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  test('tells ordinary calls to come again later, and every emergency call gets through', async () => {
    const { site } = stage;
    const load = { pauseMs: 100, atOnceMax: 400, withinSec: 30 };
    const goOn = startHalting(site.child.pid, HALTS);
    const office = await stage.startCall('uac-either', {
      ...load,
      local: { address: `${NET}.102`, port: 5060 },
      service: '5550100',
      calls: ORDINARY_PER_SEC * SECONDS,
      perSec: ORDINARY_PER_SEC,
    });
    const emergency = await stage.call('uac-honours-contact', {
      ...load,
      calls: EMERGENCY_PER_SEC * SECONDS,
      perSec: EMERGENCY_PER_SEC,
    });
    const ordinary = await office.ended;
    // A gauge tells of the moment it is read in: between two halts the node is in time.
    const above = async (gauge: string, least: number) => (await site.metric(gauge)) > least;
    await until('the lag', () => above('landfall_lag_seconds', 0.15));
    await until('the share', () => above('landfall_overload_refused_share', 0.5));
    goOn();
    expect(complaintsOf(emergency)).toBe('');
    expect(emergency.succeeded).toBe(EMERGENCY_PER_SEC * SECONDS);
    // Each one was answered, or got 500 with a Retry-After.
    expect(complaintsOf(ordinary)).toBe('');

    const all = (ORDINARY_PER_SEC + EMERGENCY_PER_SEC) * SECONDS;
    const records = await site.recordsOf(all, 15_000);
    const ofOffice = records.filter(({ trunk }) => trunk === 'office');
    const refused = ofOffice.filter(({ reason }) => reason === 'overloaded');
    expect(refused.length).toBeGreaterThan(ofOffice.length / 2);
    expect(refused.every(({ fault, status }) => fault === 'us' && status === 500)).toBe(true);
    const urgent = records.filter(({ trunk }) => trunk === 'carrier');
    expect(urgent.filter(({ reason }) => reason !== 'caller-hung-up')).toEqual([]);
    const marked = urgent.filter(({ marks }) => marks?.includes('overload'));
    expect(marked.length).toBeGreaterThan(urgent.length / 2);
    expect(await site.metric('landfall_refusals_total', 'condition="overload"')).toBe(
      refused.length,
    );
  });

  test('takes ordinary calls again when it is in time again', async () => {
    const { site } = stage;
    const isCalm = async () => (await site.metric('landfall_overload_refused_share')) === 0;
    await until('calm', isCalm, 10_000);
    const again = await stage.call('uac-honours-contact', {
      local: { address: `${NET}.102`, port: 5060 },
      service: '5550100',
      calls: 20,
      perSec: 20,
    });
    expect(complaintsOf(again)).toBe('');
    const events = stage.site.notices().map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['overload-began', 'overload-ended']));
    expect(await site.metric('landfall_lag_seconds')).toBeLessThan(0.1);
  });
});
