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
import { layCable } from '../support/cable.ts';
import { openAuthority } from '../support/certificates.ts';
import { startLinphone } from '../support/linphone.ts';
import { type Namespace, openNamespace } from '../support/namespace.ts';
import { callThatTheCalleeEnds, callThatTheCallerEnds, type Phone } from '../support/phone.ts';
import { addressesOf, listensOn } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Of RFC 2544's range for tests between networks: it is nowhere else. */
const NET = '198.18.41';
/** Where linphonec is, behind a cable; all others are at its other end. */
const LINPHONE = `${NET}.201`;
const BARESIP = `${NET}.41`;
jest.setTimeout(60_000);

const { anycast, unicast, gatewaySide } = addressesOf(NET);
const HERE = [anycast, unicast, gatewaySide].map(({ address }) => address);
const GATEWAYS = [
  { name: 'baresip-udp', uri: `sip:${BARESIP}` },
  { name: 'baresip-tcp', uri: `sip:${BARESIP};transport=tcp` },
  { name: 'linphone-udp', uri: `sip:${LINPHONE}` },
  { name: 'linphone-tcp', uri: `sip:${LINPHONE};transport=tcp` },
];
const KEYS = {
  listen: listensOn(NET, 'udp', 'tcp', 'tls'),
  gateways: GATEWAYS,
  groups: GATEWAYS.map(({ name }) => ({ name, gateways: [name], emergency: true })),
  routes: GATEWAYS.map(({ name }) => ({ match: { user: name }, group: name })),
};

describe('linphonec through the site', () => {
  let stage: Stage;
  let house: Namespace;
  let caller: Phone;
  let callee: Phone;
  let authorities: string;
  const certificates = tempFolder('linphone-tls');
  beforeAll(async () => {
    house = await openNamespace();
    await layCable(
      { addresses: [BARESIP, ...HERE] },
      { at: house, addresses: [LINPHONE], leadsTo: ['default'] },
    );
    const authority = openAuthority(certificates.path);
    authorities = authority.certificate;
    // linphonec looks at no address in a certificate: for it they are names.
    const names = [anycast, unicast].flatMap(({ address }) => [`IP:${address}`, `DNS:${address}`]);
    const { certificate, key } = authority.issue('site', names);
    const keys = { ...KEYS, tls: { certificate, key } };
    stage = await openStage({ net: NET, adminHost: '127.21.41.1', keys });
  });
  afterEach(async () => {
    await caller.stop();
    await callee.stop();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
    await house.close();
    certificates.remove();
  });

  describe.each([
    ['linphone', 'udp', 'baresip', 'udp'],
    ['linphone', 'tcp', 'baresip', 'udp'],
    ['linphone', 'udp', 'baresip', 'tcp'],
    ['linphone', 'tls', 'baresip', 'udp'],
    ['baresip', 'udp', 'linphone', 'udp'],
    ['baresip', 'udp', 'linphone', 'tcp'],
    ['baresip', 'tcp', 'linphone', 'udp'],
  ] as const)('%s by %s calls %s by %s', (from, a, to, b) => {
    const user = `${to}-${b}`;
    const uri = `sip:${user}@${anycast.address};transport=${a}`;
    beforeEach(async () => {
      const { folder } = stage;
      const linphone = await startLinphone({ folder, user: 'lin', at: house, authorities });
      const other = from === 'baresip' ? 'alice' : user;
      const baresip = await startBaresip({ folder, user: other, address: BARESIP });
      [caller, callee] = from === 'linphone' ? [linphone, baresip] : [baresip, linphone];
    });

    test('the callee is held and resumed, and the caller hangs up', async () => {
      const record = await stage.recordOf(() => callThatTheCallerEnds({ caller, callee, uri }));
      expect(record).toMatchObject({
        reason: 'caller-hung-up',
        moved: 'moved',
        status: 200,
        receivedOn: `A ${a}:${anycast.address}:${defaultPort(a)}`,
        attempts: [{ gateway: user }],
      });
    });

    test('the caller is held and resumed, and the callee hangs up', async () => {
      const record = await stage.recordOf(() => callThatTheCalleeEnds({ caller, callee, uri }));
      expect(record).toMatchObject({ reason: 'callee-hung-up', moved: 'moved', status: 200 });
    });
  });
});
