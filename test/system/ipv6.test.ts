import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Address, defaultPort, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { openAuthority } from '../support/certificates.ts';
import { addressesOf } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import {
  contactOf,
  isFinal,
  request,
  type TcpLine,
  tcpLine,
  tlsLine,
} from '../support/tcp-caller.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { addToLoopback } from '../support/v6-addresses.ts';

const NET = '127.21.77';
const NET6 = 'fd00:21:77:';
const { anycast, unicast, gatewaySide } = addressesOf(NET);
const A6 = `${NET6}:112`;
const U6 = `${NET6}:11`;
const SIDE6 = `${NET6}:21`;
const GATEWAY6 = { address: `${NET6}:31`, port: 5080 };
const CALLER6 = `${NET6}:101`;
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];
jest.setTimeout(60_000);

const each = (...addresses: readonly string[]) =>
  addresses.flatMap((address) =>
    TRANSPORTS.map((transport) => ({ transport, address, port: defaultPort(transport) })),
  );

describe('a site of both versions of IP', () => {
  let folder: TempFolder;
  let authorities: string;
  let stage: Stage;
  const lines: TcpLine[] = [];

  beforeAll(async () => {
    addToLoopback([A6, U6, SIDE6, GATEWAY6.address, CALLER6]);
    folder = tempFolder('ipv6');
    const authority = openAuthority(folder.path);
    authorities = readFileSync(authority.certificate, 'utf8');
    const own = [anycast.address, unicast.address, A6, U6].map((address) => `IP:${address}`);
    const { certificate, key } = authority.issue('site', own);
    stage = await openStage({
      net: NET,
      keys: {
        listen: {
          anycast: each(anycast.address, A6),
          unicast: each(unicast.address, U6),
          gateway: each(gatewaySide.address, SIDE6),
        },
        tls: { certificate, key, authorities: join(folder.path, 'authority.pem') },
        gateways: [
          { name: 'four', uri: `sip:${NET}.31:5080` },
          { name: 'six', uri: `sip:${writeAddress(GATEWAY6)}` },
        ],
        groups: [
          { name: 'by-four', gateways: ['four'], emergency: true },
          { name: 'by-six', gateways: ['six'], emergency: true },
        ],
        routes: [
          { match: { user: '4' }, group: 'by-four' },
          { match: { user: '6' }, group: 'by-six' },
        ],
        trunks: [{ name: 'six', source: ['fd00:21:77::/64'] }],
      },
    });
    await stage.gateway('uas-answer');
    await stage.gateway('uas-answer', { local: GATEWAY6 });
  });
  afterAll(async () => {
    for (const { socket } of lines) socket.destroy();
    expect(await stage.close()).toBe(0);
    folder.remove();
  });

  const line = async (transport: 'tcp' | 'tls', from: string, to: Address) => {
    const opened = await (transport === 'tcp' ? tcpLine(from, to) : tlsLine(from, to, authorities));
    lines.push(opened);
    return opened;
  };

  test.each([
    ['tcp', 'IPv6', 'four', '4', A6, U6, CALLER6],
    ['tls', 'IPv6', 'four', '4', A6, U6, CALLER6],
    ['tcp', 'IPv6', 'six', '6', A6, U6, CALLER6],
    ['tls', 'IPv6', 'six', '6', A6, U6, CALLER6],
    ['tcp', 'IPv4', 'six', '6', anycast.address, unicast.address, `${NET}.101`],
    ['tls', 'IPv4', 'six', '6', anycast.address, unicast.address, `${NET}.101`],
  ] as const)('%s over %s to gateway %s', async (transport, _, gateway, user, a, u, from) => {
    const to = { address: a, port: defaultPort(transport) };
    const callId = `${transport}-${user}-${a.includes(':') ? 6 : 4}`;
    const uri = `sip:${user}@${writeAddress(to)};transport=${transport}`;
    const caller = { address: from, port: 5062 };
    const said = {
      callId,
      from: caller,
      to,
      ...(transport === 'tls' ? ({ transport } as const) : {}),
    };
    const first = await line(transport, from, to);
    await first.say(request('INVITE', { ...said, uri, cseq: 1, body: 'v=0\r\n' }));
    const answer = await first.hears('an answer', isFinal('INVITE'));
    expect(answer).toMatchObject({ status: 200 });
    const { uri: contact, at } = contactOf(answer);
    expect(at.address).toBe(u);
    const second = await line(transport, from, at);
    const toTag = answer.to.tag;
    await second.say(request('ACK', { ...said, uri: contact, cseq: 1, toTag }));
    await second.say(request('BYE', { ...said, uri: contact, cseq: 2, toTag }));
    expect(await second.hears('200 to BYE', isFinal('BYE'))).toMatchObject({ status: 200 });
    expect(await stage.site.recordOf(callId)).toMatchObject({
      moved: 'moved',
      reason: 'caller-hung-up',
      receivedOn: `A ${transport}:${writeAddress(to)}`,
      attempts: [{ gateway, status: 200 }],
    });
  });

  test('a caller on UDP over IPv6 stays with sipp at A, and its BYE is taken there', async () => {
    const call = {
      local: { address: CALLER6, port: 5060 },
      remote: { address: A6, port: 5060 },
      service: '6',
      calls: 5,
      perSec: 20,
    };
    const end = await stage.call('sn:uac', call);
    expect(end).toMatchObject({ exitCode: 0, failed: 0, succeeded: 5 });
  });
});
