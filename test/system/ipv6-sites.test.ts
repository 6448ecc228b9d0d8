import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Address, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { type End, openEnd } from '../support/any-end.ts';
import { answered, mixedCall } from '../support/mixed-call.ts';
import { type Site, startSite } from '../support/site.ts';
import { request } from '../support/tcp-caller.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { addToLoopback } from '../support/v6-addresses.ts';

const NAMES = ['', 'sto', 'got'];
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp'];
const at = (number: number, host: string): Address => ({
  address: `fd00:21:8${number}::${host}`,
  port: 5060,
});
const CALLER = { ...at(1, '101'), port: 5062 };
const CALLEE = { ...at(1, '31'), port: 5080 };
const SESSION = 'v=0\r\no=- 1 1 IN IP6 2001:db8::9\r\ns=-\r\n';
jest.setTimeout(60_000);

const linkOf = (number: number) => writeAddress({ ...at(number, '7'), port: 7112 });
const listeners = (address: Address) => TRANSPORTS.map((transport) => ({ transport, ...address }));

describe('two sites that meet over IPv6', () => {
  const folders: TempFolder[] = [];
  const sites: Site[] = [];
  const ends: End[] = [];
  beforeAll(async () => {
    const hosts = ['112', '11', '21', '7', '101', '31'];
    addToLoopback([1, 2].flatMap((number) => hosts.map((host) => at(number, host).address)));
    const shared = tempFolder('ipv6-sites');
    folders.push(shared);
    writeFileSync(join(shared.path, 'k1'), 'of the cluster'.padEnd(40, '.'));
    for (const number of [1, 2]) {
      const home = tempFolder(`ipv6-sites-${number}`);
      folders.push(home);
      const other = 3 - number;
      const keys = {
        site: NAMES[number],
        siteNumber: number,
        listen: {
          anycast: listeners(at(number, '112')),
          unicast: listeners(at(number, '11')),
          gateway: listeners(at(number, '21')),
        },
        peers: [{ site: NAMES[other], number: other, link: linkOf(other) }],
        cluster: { keys: [`k1=file:${shared.path}/k1`], link: linkOf(number) },
        trunks: [{ name: 'six', source: ['fd00:21:81::/64'] }],
      };
      const net = `127.21.8${number}`;
      sites.push(await startSite({ folder: home.path, net, gateways: [CALLEE], keys }));
    }
    await until('the link', async () => (await sites[0]?.metric('landfall_peer_up')) === 1, 10_000);
  });
  afterAll(async () => {
    for (const end of ends) await end.close();
    const codes = await Promise.all(sites.map((site) => site.endNow()));
    expect(codes.map(({ code }) => code)).toEqual([0, 0]);
    for (const folder of folders) folder.remove();
  });

  const open = async (transport: Transport, local: Address) => {
    const end = await openEnd(transport, local, undefined);
    ends.push(end);
    return end;
  };
  /** A call to the first site that has been answered. */
  async function talk(callId: string, caller: End) {
    const callee = ends.find(({ local }) => local === CALLEE) ?? (await open('udp', CALLEE));
    const parts = { callId, user: callId, caller, callee, dialled: at(1, '112') };
    return await answered(mixedCall(parts), [SESSION, SESSION, '']);
  }

  test('name each other as addresses are written', () => {
    const refused = sites[0]?.notices().find(({ event }) => event === 'peer-refused');
    expect(refused).toMatchObject({ peer: 'got', at: '[fd00:21:x]:7112', why: 'unreachable' });
  });

  test.each(TRANSPORTS)(
    'carry what comes by %s to the one that has the call',
    async (transport) => {
      const caller = await open(transport, CALLER);
      const talking = await talk(`carried-${transport}`, caller);
      const { saysOn, confirms, calleeSays, callee } = talking;
      const door = at(2, '112');
      await saysOn('INVITE', 3, `${SESSION}a=sendonly\r\n`, door);
      callee.answer(await talking.calleeAsked('INVITE', `${SESSION}a=sendonly\r\n`), '200 OK');
      await talking.callerTold(200, 'INVITE', 3);
      await confirms(3, '', door);
      calleeSays('BYE', 1);
      caller.answer(await talking.callerAsked('BYE'), '200 OK');
      await talking.calleeTold('BYE');
      expect(await sites[0]?.recordOf(talking.callId)).toMatchObject({
        reason: 'callee-hung-up',
        through: ['got'],
      });
    },
  );

  test('follow a caller on UDP to where it has moved', async () => {
    const talking = await talk('moved', await open('udp', { ...CALLER, port: 5064 }));
    const { callId, contact, toTag, calleeSays } = talking;
    const moved = await open('udp', { ...CALLER, port: 5066 });
    const from = moved.local;
    const said = { callId, from, to: contact.at, transport: 'udp', uri: contact.uri } as const;
    await moved.send(request('OPTIONS', { ...said, toTag, cseq: 3 }), contact.at);
    await moved.told('200 to OPTIONS', (message) => message.callId === callId);
    calleeSays('BYE', 1);
    const bye = await moved.asked('BYE', ({ method }) => method === 'BYE');
    expect(bye.message.callId).toBe(callId);
    moved.answer(bye, '200 OK');
    await talking.calleeTold('BYE');
    expect(await sites[0]?.recordOf(callId)).toMatchObject({ reason: 'callee-hung-up' });
  });
});
