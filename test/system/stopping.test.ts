import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { complaintsOf } from '../support/sipp.ts';
import { fetchPage } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.7';
jest.setTimeout(60_000);

describe('SIGTERM', () => {
  let stage: Stage;
  afterEach(() => stage.close());

  const readiness = async () => (await fetchPage(`${stage.site.admin}/readyz`)).status;
  const isTalking = () =>
    until('a call that is up', () => stage.site.steps().some(({ event }) => event === 'answer-a'));

  test('turns readiness off, lets the call end by itself, and then the node exits with 0', async () => {
    stage = await openStage({ net: NET });
    await stage.gateway('uas-answer');
    const call = await stage.startCall('uac-honours-contact', { pauseMs: 2500 });
    await isTalking();
    const drained = stage.site.drain();
    await until('readiness off', async () => (await readiness()) === 503);
    expect((await fetchPage(`${stage.site.admin}/healthz`)).status).toBe(200);
    expect(complaintsOf(await call.ended)).toBe('');
    expect(await drained).toEqual({ code: 0, signal: undefined });
    expect(stage.site.records().map(({ reason }) => reason)).toEqual(['caller-hung-up']);
  });

  test('a second one hangs both sides up, and the node exits with 0', async () => {
    stage = await openStage({ net: NET });
    const gateway = await stage.gateway('uas-answer', { calls: 1 });
    const call = await stage.startCall('uac-hung-up');
    await isTalking();
    expect(await stage.site.endNow()).toEqual({ code: 0, signal: undefined });
    expect(complaintsOf(await call.ended)).toBe('');
    expect(complaintsOf(await gateway.ended)).toBe('');
    const [record] = stage.site.records();
    expect(record).toMatchObject({ reason: 'hung-up-at-shutdown', fault: 'us' });
  });
});
