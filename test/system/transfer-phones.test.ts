import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Baresip, startBaresip } from '../support/baresip.ts';
import { openStage, type Stage } from '../support/stage.ts';

const NET = '127.21.74';
const [CALLER, FIRST, SECOND] = [`${NET}.101`, `${NET}.41`, `${NET}.42`];
const KEYS = {
  gateways: [
    { name: 'first', uri: `sip:${FIRST}:5060` },
    { name: 'second', uri: `sip:${SECOND}:5060` },
  ],
  groups: [{ name: 'psap', gateways: ['first'], emergency: true, transfers: 'execute' }],
  routes: [{ match: { user: '112' }, group: 'psap' }],
};
jest.setTimeout(60_000);

describe('baresip calls baresip, which hands it on', () => {
  let stage: Stage;
  const phones: Baresip[] = [];
  beforeAll(async () => {
    stage = await openStage({ net: NET, keys: KEYS });
  });
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  test('to another one: the caller talks with that, and the first one is let go', async () => {
    const { caller, first, second } = await talking();
    first.transfer(`sip:112@${SECOND}:5060`);
    await second.isCalled();
    second.accept();
    await second.isTalking();
    await first.isOver();
    const [record] = await stage.site.recordsOf(0);
    expect(record).toBeUndefined();
    const ended = await stage.recordOf(async () => {
      second.hangUp();
      await caller.isOver();
    });
    expect(ended).toMatchObject({ reason: 'callee-hung-up', emergency: true });
    expect(ended.attempts.map(({ gateway, status }) => [gateway, status])).toEqual([
      ['first', 200],
      ['second', 200],
    ]);
    expect(first.received().filter((text) => text.startsWith('NOTIFY '))).toHaveLength(3);
  });

  async function talking() {
    const { folder } = stage;
    const caller = await startBaresip({ folder, user: 'alice', address: CALLER });
    const first = await startBaresip({ folder, user: '112', address: FIRST });
    const second = await startBaresip({ folder, user: '112', address: SECOND });
    phones.push(caller, first, second);
    caller.dial(`sip:112@${stage.site.anycast.address}`);
    await first.isCalled();
    first.accept();
    await first.isTalking();
    await caller.isTalking();
    return { caller, first, second };
  }
});
