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
import { defaultPort } from '../../lib/sip/address.ts';
import { startBaresip } from '../support/baresip.ts';
import { openAuthority } from '../support/certificates.ts';
import {
  callThatIsGivenUp,
  callThatTheCalleeEnds,
  callThatTheCallerEnds,
  type Phone,
} from '../support/phone.ts';
import { addressesOf, listensOn } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NET = '127.21.6';
jest.setTimeout(60_000);
const CALLER = `${NET}.101`;
const CALLEE = `${NET}.41`;

const { anycast, unicast } = addressesOf(NET);
const KEYS = {
  listen: listensOn(NET, 'udp', 'tcp', 'tls'),
  gateways: [
    { name: 'by-udp', uri: `sip:${CALLEE}:5060` },
    { name: 'by-tcp', uri: `sip:${CALLEE}:5060;transport=tcp` },
    { name: 'by-tls', uri: `sip:${CALLEE};transport=tls` },
  ],
  groups: [
    { name: 'psap', gateways: ['by-udp'], emergency: true },
    { name: 'streams', gateways: ['by-tcp'], emergency: true },
    { name: 'secured', gateways: ['by-tls'], emergency: true },
  ],
  routes: [
    { match: { user: '112' }, group: 'psap' },
    { match: { user: '911' }, group: 'streams' },
    { match: { user: '999' }, group: 'secured' },
  ],
};
/** What is dialled decides how the callee is called. */
const DIALLED = { udp: '112', tcp: '911', tls: '999' };

describe('baresip calls baresip through the site', () => {
  let stage: Stage;
  let caller: Phone;
  let callee: Phone;
  let tls: { readonly both: string; readonly authorities: string };
  const certificates = tempFolder('phones-tls');
  beforeAll(async () => {
    const authority = openAuthority(certificates.path);
    const names = [anycast.address, unicast.address, CALLEE].map((address) => `IP:${address}`);
    const { certificate, key, both } = authority.issue('everybody', names);
    tls = { both, authorities: authority.certificate };
    const files = { certificate, key, authorities: authority.certificate };
    stage = await openStage({ net: NET, keys: { ...KEYS, tls: files } });
  });
  afterEach(async () => {
    await caller.stop();
    await callee.stop();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
    certificates.remove();
  });

  describe.each([
    ['udp', 'udp'],
    ['tcp', 'udp'],
    ['udp', 'tcp'],
    ['tcp', 'tcp'],
    ['tls', 'udp'],
    ['udp', 'tls'],
    ['tls', 'tls'],
  ] as const)('leg a by %s, leg b by %s', (a, b) => {
    const user = DIALLED[b];
    const uri = `sip:${user}@${anycast.address};transport=${a}`;
    beforeEach(async () => {
      const { folder } = stage;
      caller = await startBaresip({ folder, user: 'alice', address: CALLER, tls });
      callee = await startBaresip({ folder, user, address: CALLEE, tls });
    });

    test('the callee is held and resumed, and the caller hangs up', async () => {
      const record = await stage.recordOf(() => callThatTheCallerEnds({ caller, callee, uri }));
      expect(record).toMatchObject({
        reason: 'caller-hung-up',
        moved: 'moved',
        status: 200,
        receivedOn: `A ${a}:${anycast.address}:${defaultPort(a)}`,
        attempts: [{ gateway: `by-${b}` }],
      });
      expect(reinvitesConfirmed()).toEqual(['a-confirmed', 'a-confirmed']);
    });

    test('the caller is held and resumed, and the callee hangs up', async () => {
      const record = await stage.recordOf(() => callThatTheCalleeEnds({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'callee-hung-up', moved: 'moved', status: 200 });
      expect(reinvitesConfirmed()).toEqual(['b-confirmed', 'b-confirmed']);
    });

    test('the caller gives up while it rings', async () => {
      const record = await stage.recordOf(() => callThatIsGivenUp({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'caller-cancelled', status: 487 });
    });
  });

  /** Of the last call: the ACK of each re-INVITE has come. */
  function reinvitesConfirmed(): readonly string[] {
    const steps = stage.site.steps();
    const callId = steps.at(-1)?.callId;
    const events = steps.filter((step) => step.callId === callId).map(({ event }) => event);
    return events.filter((event) => event.endsWith('-confirmed'));
  }
});
