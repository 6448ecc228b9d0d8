import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import type { Child } from '../support/child.ts';
import { drachtioKeys, SERVER_NAME, startDrachtio, untilUp } from '../support/drachtio-server.ts';
import { complaintsOf } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.33';
const PLACES = {
  admin: { address: `${NET}.9`, port: 9022 },
  sip: { address: `${NET}.22`, port: 5060 },
};
const CALLS = 5;
jest.setTimeout(60_000);

describe(`${SERVER_NAME} is killed`, () => {
  let stage: Stage;
  let server: Child;
  let ups = 0;

  beforeAll(async () => {
    stage = await openStage({ net: NET, gatewayCount: 2, keys: drachtioKeys(PLACES) });
  });
  beforeEach(async () => {
    server = await startDrachtio(stage.folder, PLACES);
    ups += 1;
    await untilUp(stage.site, ups);
  });
  afterEach(async () => {
    await server.stop();
    await stage.stopGateways();
  });
  afterAll(async () => {
    // The node has outlived every server.
    expect(await stage.close()).toBe(0);
  });

  async function kill(): Promise<void> {
    server.signal('SIGKILL');
    await server.ended;
  }

  async function engineOf(callId: string): Promise<string | undefined> {
    const isIt = (event: string) => event === 'invite-b';
    const step = await until('its step', () =>
      stage.site.steps().find((one) => one.callId === callId && isIt(one.event)),
    );
    return step.engine;
  }

  test('answered calls: their callers are hung up, their records name us', async () => {
    const { site } = stage;
    await stage.gateway('uas-answer');
    const callers = await stage.startCall('uac-hung-up', { calls: CALLS, perSec: 50 });
    await until('the calls', () => acknowledged(stage) === CALLS);
    await kill();
    expect(complaintsOf(await callers.ended)).toBe('');
    const records = await site.recordsOf(CALLS);
    expect(records.map(({ reason, fault }) => [reason, fault])).toEqual(
      records.map(() => ['engine-lost', 'us']),
    );
    expect(site.notices()).toContainEqual(
      expect.objectContaining({ event: 'drachtio-down', lost: CALLS }),
    );
  });

  test('a new call within the same second goes through, by the builtin engine', async () => {
    await stage.gateway('uas-answer');
    await kill();
    const killedAt = performance.now();
    const caller = await stage.startCall('uac-changed-ruri', { pauseMs: 100, keepMessages: true });
    const end = await caller.ended;
    expect(complaintsOf(end)).toBe('');
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record).toMatchObject({ reason: 'caller-hung-up', status: 200 });
    expect(record.times.answered).toBeLessThan(Date.now() - (performance.now() - killedAt) + 1000);
    expect(await engineOf(record.callId)).toBe('builtin');
  });

  test('a call that rings goes on to the next gateway', async () => {
    const [, second = stage.gateways[0]] = stage.gateways;
    const before = rung(stage);
    await stage.gateway('uas-ring-forever');
    await stage.gateway('uas-answer', { local: second });
    const caller = await stage.startCall('uac-changed-ruri', {
      pauseMs: 100,
      keepMessages: true,
      deaf: true,
    });
    await until('ringing', () => rung(stage) > before);
    await kill();
    const end = await caller.ended;
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record).toMatchObject({ reason: 'caller-hung-up', status: 200 });
    expect(record.attempts.map(({ status }) => status)).toEqual([503, 200]);
  });

  test('calls go through it again when it is back', async () => {
    await stage.gateway('uas-answer');
    const end = await stage.call('uac-changed-ruri', { pauseMs: 100, keepMessages: true });
    expect(complaintsOf(end)).toBe('');
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(await engineOf(record.callId)).toBe('drachtio');
  });
});

const acknowledged = ({ site }: Stage) =>
  site.steps().filter(({ event }) => event === 'a-acknowledged').length;

const rung = ({ site }: Stage) => site.steps().filter(({ event }) => event === 'ring-a').length;
