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
import { callThatTheCalleeEnds, callThatTheCallerEnds, type Phone } from '../support/phone.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { addressesOf, listensOn } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';

const NET = '127.21.42';
const CALLER = `${NET}.101`;
const CALLEE = `${NET}.41`;
const PROXY = { address: `${NET}.60`, port: 5060 };
jest.setTimeout(60_000);

const { anycast } = addressesOf(NET);
const A = writeAddress(anycast);
const P = writeAddress(PROXY);
const KEYS = {
  listen: listensOn(NET, 'udp', 'tcp'),
  gateways: [{ name: 'phone', uri: `sip:${CALLEE}` }],
  groups: [{ name: 'psap', gateways: ['phone'], emergency: true }],
  routes: [{ match: { user: '112' }, group: 'psap' }],
};

type Way = Pick<ProxyOptions, 'next' | 'pinned'> & {
  readonly uri: string;
  readonly outbound?: string;
  readonly moved: string;
  readonly receivedOn: string;
};
const by = (transport: 'udp' | 'tcp') => [{ ...anycast, transport }] as const;
const moves = { moved: 'moved', receivedOn: `A udp:${A}` };
const WAYS: readonly (readonly [string, Way])[] = [
  ['UDP to the proxy, UDP to A', { uri: `sip:112@${P}`, next: by('udp'), ...moves }],
  [
    'UDP to the proxy, TCP to A',
    { uri: `sip:112@${P}`, next: by('tcp'), moved: 'moved', receivedOn: `A tcp:${A}` },
  ],
  ['TCP to the proxy, UDP to A', { uri: `sip:112@${P};transport=tcp`, next: by('udp'), ...moves }],
  [
    'the phone pins the proxy by a Route, and dials A',
    { uri: `sip:112@${A}`, outbound: `sip:${P}`, next: by('udp'), ...moves },
  ],
  [
    'the proxy pins A by a Route in everything it sends there',
    { uri: `sip:112@${P}`, next: by('udp'), pinned: true, ...moves, moved: 'stayed' },
  ],
];

describe("baresip calls through a carrier's proxy", () => {
  let stage: Stage;
  let proxy: CarrierProxy;
  let caller: Phone;
  let callee: Phone;
  beforeAll(async () => {
    stage = await openStage({ net: NET, keys: KEYS });
  });
  afterEach(async () => {
    await caller.stop();
    await callee.stop();
    await proxy.stop();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  describe.each(WAYS)('%s', (_name, { uri, outbound, next, pinned, moved, receivedOn }) => {
    beforeEach(async () => {
      const { folder } = stage;
      proxy = await startKamailio({ folder, listen: PROXY, next, ...(pinned && { pinned }) });
      const pin = outbound === undefined ? {} : { outbound };
      caller = await startBaresip({ folder, user: 'alice', address: CALLER, ...pin });
      callee = await startBaresip({ folder, user: '112', address: CALLEE });
    });

    test('the callee is held and resumed, and the caller hangs up', async () => {
      const record = await stage.recordOf(() => callThatTheCallerEnds({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'caller-hung-up', moved, receivedOn, status: 200 });
    });

    test('the caller is held and resumed, and the callee hangs up', async () => {
      const record = await stage.recordOf(() => callThatTheCalleeEnds({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'callee-hung-up', moved, receivedOn, status: 200 });
      const asked = caller.received().filter((text) => !text.startsWith('SIP/2.0 '));
      expect(asked.map((text) => headerOf(text, 'CSeq').split(' ')[1])).toContain('BYE');
      for (const text of asked) expect(headerOf(text, 'Via')).toContain(` ${PROXY.address};`);
    });
  });
});
