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
import { writeAddress } from '../../lib/sip/address.ts';
import { startBaresip } from '../support/baresip.ts';
import { type CarrierProxy, type ProxyOptions, startKamailio } from '../support/kamailio.ts';
import {
  callThatIsGivenUp,
  callThatTheCalleeEnds,
  callThatTheCallerEnds,
  type Phone,
} from '../support/phone.ts';
import { openStage, type Stage } from '../support/stage.ts';

const NET = '127.21.43';
const PROXY = { address: `${NET}.60`, port: 5060 };
const CALLER = `${NET}.101`;
const CALLEE = `${NET}.41`;
/** A callee of the carrier's own, of which the site knows nothing. */
const OTHER = { address: `${NET}.61`, port: 5060 };
const uri = `sip:112@${writeAddress(PROXY)}`;
const KEYS = {
  gateways: [{ name: 'phone', uri: `sip:${CALLEE}` }],
  groups: [{ name: 'psap', gateways: ['phone'], emergency: true }],
  routes: [{ match: { user: '112' }, group: 'psap' }],
};
jest.setTimeout(60_000);

describe("baresip calls through a carrier's proxy that forks", () => {
  let stage: Stage;
  let proxy: CarrierProxy;
  let caller: Phone;
  let callee: Phone;
  let joinedBefore = 0;
  beforeAll(async () => {
    stage = await openStage({ net: NET, keys: KEYS });
  });
  beforeEach(async () => {
    const { folder } = stage;
    caller = await startBaresip({ folder, user: 'alice', address: CALLER });
    callee = await startBaresip({ folder, user: '112', address: CALLEE });
    joinedBefore = await joined();
  });
  afterEach(async () => {
    await caller.stop();
    await callee.stop();
    await proxy.stop();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  const fork = async (...next: ProxyOptions['next']) => {
    proxy = await startKamailio({ folder: stage.folder, listen: PROXY, next });
  };
  const joined = () => stage.site.metric('landfall_merged_total', 'outcome="joined"');

  describe('both branches reach the site, which makes one call of them', () => {
    afterEach(async () => {
      expect((await joined()) - joinedBefore).toBe(1);
    });

    test.each([
      ['at A', 'anycast'],
      ['at A and at U', 'unicast'],
    ] as const)('%s: held, resumed, and the caller hangs up', async (_where, second) => {
      await fork(stage.site.anycast, stage.site[second]);
      const record = await stage.recordOf(() => callThatTheCallerEnds({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved', status: 200 });
    });

    test('held, resumed, and the callee hangs up', async () => {
      await fork(stage.site.anycast, stage.site.anycast);
      const record = await stage.recordOf(() => callThatTheCalleeEnds({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'callee-hung-up', moved: 'moved', status: 200 });
    });

    test('the caller gives up, and the proxy cancels both', async () => {
      await fork(stage.site.anycast, stage.site.anycast);
      const record = await stage.recordOf(() => callThatIsGivenUp({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'caller-cancelled', status: 487 });
    });
  });

  describe('one branch goes to the site, the other to somebody else', () => {
    let other: Phone;
    beforeEach(async () => {
      const { address } = OTHER;
      other = await startBaresip({ folder: stage.folder, user: '112', address });
      await fork(stage.site.anycast, OTHER);
      caller.dial(uri);
      await callee.isCalled();
      await other.isCalled();
    });
    afterEach(() => other.stop());

    test('who is behind the site answers: the other is cancelled', async () => {
      const record = await stage.recordOf(async () => {
        callee.accept();
        await caller.isTalking();
        await other.isOver();
        caller.hangUp();
        await callee.isOver();
      });
      expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved', status: 200 });
    });

    test('the other answers: who is behind the site is cancelled', async () => {
      const record = await stage.recordOf(async () => {
        other.accept();
        await caller.isTalking();
        await callee.isOver();
      });
      expect(record).toMatchObject({ reason: 'caller-cancelled', status: 487 });
      caller.hangUp();
      await other.isOver();
    });
  });
});
