import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { defaultPort, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { startBaresip } from '../support/baresip.ts';
import { openAuthority } from '../support/certificates.ts';
import { callThatTheCalleeEnds, callThatTheCallerEnds, type Phone } from '../support/phone.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { addToLoopback } from '../support/v6-addresses.ts';

const NET = '127.21.80';
const NET6 = 'fd00:21:80:';
const A = `${NET6}:112`;
const U = `${NET6}:11`;
const SIDE = `${NET6}:21`;
const CALLER = `${NET6}:101`;
const CALLEE = `${NET6}:41`;
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];
jest.setTimeout(60_000);

const each = (address: string) =>
  TRANSPORTS.map((transport) => ({ transport, address, port: defaultPort(transport) }));

describe('baresip calls baresip over IPv6 alone', () => {
  let stage: Stage;
  let caller: Phone;
  let callee: Phone;
  let folder: TempFolder;
  let tls: { readonly both: string; readonly authorities: string };
  beforeAll(async () => {
    addToLoopback([A, U, SIDE, CALLER, CALLEE]);
    folder = tempFolder('ipv6-phones');
    const authority = openAuthority(folder.path);
    const names = [A, U, CALLEE].map((address) => `IP:${address}`);
    const { certificate, key, both } = authority.issue('everybody', names);
    tls = { both, authorities: authority.certificate };
    stage = await openStage({
      net: NET,
      keys: {
        listen: { anycast: each(A), unicast: each(U), gateway: each(SIDE) },
        gateways: TRANSPORTS.map((transport) => ({
          name: transport,
          uri: `sip:[${CALLEE}];transport=${transport}`,
        })),
        groups: TRANSPORTS.map((name) => ({ name, gateways: [name], emergency: true })),
        routes: TRANSPORTS.map((name) => ({ match: { user: name }, group: name })),
        tls: { certificate, key, authorities: authority.certificate },
      },
    });
  });
  afterEach(async () => {
    await caller.stop();
    await callee.stop();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
    folder.remove();
  });

  test.each([
    ['udp', 'tls', 'caller', callThatTheCallerEnds],
    ['tls', 'tcp', 'callee', callThatTheCalleeEnds],
    ['tcp', 'udp', 'callee', callThatTheCalleeEnds],
  ] as const)(
    '%s to %s: both hear the other, hold and resume, and the %s hangs up',
    async (a, b, who, play) => {
      caller = await startBaresip({ folder: stage.folder, user: 'alice', address: CALLER, tls });
      callee = await startBaresip({ folder: stage.folder, user: b, address: CALLEE, tls });
      const uri = `sip:${b}@[${A}];transport=${a}`;
      const record = await stage.recordOf(() => play({ caller, callee, uri }));
      expect(record).toMatchObject({
        reason: `${who}-hung-up`,
        moved: 'moved',
        status: 200,
        receivedOn: `A ${a}:${writeAddress({ address: A, port: defaultPort(a) })}`,
        attempts: [{ gateway: b }],
      });
    },
  );
});
