import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { dropPacketsTo, type Wall } from '../support/nft.ts';
import { complaintsOf } from '../support/sipp.ts';
import { openStage, type Stage } from '../support/stage.ts';

const NET = '127.21.5';
jest.setTimeout(60_000);
const CALLS = 5;
/** All of them begin while the first gateway is being found dead. */
const LOAD = { calls: CALLS, perSec: 10, pauseMs: 100 };

describe('the first gateway fails, and every caller is answered by the second', () => {
  let stage: Stage;
  let wall: Wall | undefined;
  // A node of its own for each: one that knows a gateway to be down tries it last.
  beforeEach(async () => {
    stage = await openStage({ net: NET, gatewayCount: 2 });
  });
  afterEach(async () => {
    await wall?.remove();
    wall = undefined;
    expect(await stage.close()).toBe(0);
  });

  async function callsAreAnswered(): Promise<readonly number[]> {
    await stage.gateway('uas-answer', { local: stage.gateways[1] ?? stage.gateways[0] });
    const end = await stage.call('uac-honours-contact', LOAD);
    expect(complaintsOf(end)).toBe('');
    expect(end.succeeded).toBe(CALLS);
    const records = await stage.site.recordsOf(CALLS);
    expect(records.map(({ status }) => status)).toEqual(Array(CALLS).fill(200));
    for (const { attempts } of records) expect(attempts.at(-1)?.gateway).toBe('gw2');
    return records.flatMap(({ attempts }) => attempts.slice(0, -1).map(({ status }) => status));
  }

  test('its process was killed', async () => {
    const gateway = await stage.gateway('uas-answer');
    gateway.child.signal('SIGKILL');
    await gateway.ended;
    await callsAreAnswered();
  });

  test('its process hangs (SIGSTOP)', async () => {
    const gateway = await stage.gateway('uas-answer');
    gateway.child.signal('SIGSTOP');
    const failures = await callsAreAnswered();
    expect(failures).toEqual(Array(CALLS).fill(408));
  });

  test('the network drops every packet on the way to it', async () => {
    await stage.gateway('uas-answer');
    wall = await dropPacketsTo([stage.gateways[0]]);
    const failures = await callsAreAnswered();
    expect(failures).toEqual(Array(CALLS).fill(408));
  });

  test('it answers 100 and nothing more', async () => {
    await stage.gateway('uas-100-only', { deaf: true });
    const failures = await callsAreAnswered();
    expect(failures).toEqual(Array(CALLS).fill(408));
  });
});
