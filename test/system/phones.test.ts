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
import { type Phone, startPhone } from '../support/baresip.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.6';
jest.setTimeout(60_000);
const CALLER = `${NET}.101`;
const CALLEE = `${NET}.41`;

describe('baresip calls baresip through the site', () => {
  let stage: Stage;
  let caller: Phone;
  let callee: Phone;
  beforeAll(async () => {
    const gateways = [{ name: 'phone', uri: `sip:${CALLEE}:5060` }];
    const groups = [{ name: 'psap', gateways: ['phone'], emergency: true }];
    const routes = [{ match: { user: '112' }, group: 'psap' }];
    stage = await openStage({ net: NET, keys: { gateways, groups, routes } });
  });
  beforeEach(async () => {
    const { folder } = stage;
    caller = await startPhone({ folder, user: 'alice', address: CALLER, answers: 'manual' });
    callee = await startPhone({ folder, user: '112', address: CALLEE, answers: 'manual' });
  });
  afterEach(async () => {
    await caller.stop();
    await callee.stop();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  async function talk(): Promise<void> {
    caller.order('dial', `sip:112@${stage.site.anycast.address}`);
    await callee.heard('CALL_INCOMING');
    await caller.heard('CALL_RINGING');
    callee.order('accept');
    await callee.heard('CALL_ESTABLISHED');
    await caller.heard('CALL_ESTABLISHED');
    // Sound arrives, so the SDP of both has crossed whole.
    await caller.heard('CALL_RTPESTAB');
  }

  const lastRecord = (count: number) =>
    until('the record', async () => (await stage.site.recordsOf(count)).at(-1));

  test('the caller hangs up', async () => {
    const before = stage.site.records().length;
    await talk();
    caller.order('hangup');
    await callee.heard('CALL_CLOSED');
    const record = await lastRecord(before + 1);
    expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved', status: 200 });
  });

  test('the callee hangs up', async () => {
    const before = stage.site.records().length;
    await talk();
    callee.order('hangup');
    await caller.heard('CALL_CLOSED');
    const record = await lastRecord(before + 1);
    expect(record).toMatchObject({ reason: 'callee-hung-up', moved: 'moved', status: 200 });
  });

  test('the caller gives up while it rings', async () => {
    const before = stage.site.records().length;
    caller.order('dial', `sip:112@${stage.site.anycast.address}`);
    await callee.heard('CALL_INCOMING');
    await caller.heard('CALL_RINGING');
    caller.order('hangup');
    await callee.heard('CALL_CLOSED');
    const record = await lastRecord(before + 1);
    expect(record).toMatchObject({ reason: 'caller-cancelled', status: 487 });
  });
});
