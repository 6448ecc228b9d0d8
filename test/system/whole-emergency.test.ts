import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { octetsOf } from '../../lib/base/brands.ts';
import { type Address, defaultPort, writeAddress } from '../../lib/sip/address.ts';
import type { SipMessage, SipRequest } from '../../lib/sip/message.ts';
import { openAuthority } from '../support/certificates.ts';
import { wholeEmergencyInvite } from '../support/emergency-invites.ts';
import { addressesOf, listensOn, type Site, startSite } from '../support/site.ts';
import { openStreamGateway, type StreamGateway } from '../support/stream-gateway.ts';
import { contactOf, isFinal, type TcpLine, tcpLine, tlsLine } from '../support/tcp-caller.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const NET = '127.67';
const NAMES = ['', 'sto', 'got'];
const GATEWAY: Address = { address: `${NET}.1.31`, port: 5090 };
const CALLER: Address = { address: `${NET}.1.101`, port: 5060 };
/** What the hop itself says; all else of an emergency call crosses, and nothing is added. */
const OF_THE_HOP = (
  'via max-forwards from to call-id cseq contact allow content-length ' +
  'supported session-expires'
).split(' ');
const WHOLE = wholeEmergencyInvite();
jest.setTimeout(60_000);

const linkOf = (number: number) => `${NET}.${number}.7:7112`;
const sha256 = (octets: string) =>
  createHash('sha256').update(Buffer.from(octets, 'latin1')).digest('hex');
const partsOf = (body: string) => {
  const [, boundary = ''] = /boundary="([^"]+)"/.exec(typeOf(WHOLE.headers)) ?? [];
  return body.split(`--${boundary}`).map(sha256);
};
const typeOf = (headers: typeof WHOLE.headers) =>
  headers.find(([name]) => name === 'Content-Type')?.[1] ?? '';
const crossing = ({ headers }: SipRequest) =>
  headers
    .filter(({ name }) => !OF_THE_HOP.includes(name))
    .map(({ written, value }) => `${written}: ${value}`);

describe.each(['tcp', 'tls'] as const)('an INVITE of 14 KB over %s', (transport) => {
  const folders: TempFolder[] = [];
  const sites: Site[] = [];
  const lines: TcpLine[] = [];
  let gateway: StreamGateway;
  let authorities: string;
  let caller: TcpLine;
  let answer: SipMessage;

  beforeAll(async () => {
    const folder = tempFolder('whole-emergency');
    folders.push(folder);
    const authority = openAuthority(folder.path);
    authorities = readFileSync(authority.certificate, 'utf8');
    const hosts = [1, 2].flatMap((number) => {
      const { anycast, unicast } = addressesOf(`${NET}.${number}`);
      return [anycast.address, unicast.address];
    });
    const issued = authority.issue(
      'everybody',
      [...hosts, GATEWAY.address].map((address) => `IP:${address}`),
    );
    gateway = await openStreamGateway(GATEWAY, transport === 'tls' ? issued : undefined);
    writeFileSync(join(folder.path, 'k1'), 'of the cluster'.padEnd(40, '.'));
    for (const number of [1, 2]) {
      const home = tempFolder(`whole-emergency-${number}`);
      folders.push(home);
      const other = 3 - number;
      const net = `${NET}.${number}`;
      const { certificate, key } = issued;
      const keys = {
        site: NAMES[number],
        siteNumber: number,
        listen: listensOn(net, transport),
        tls: { certificate, key, authorities: authority.certificate },
        peers: [{ site: NAMES[other], number: other, link: linkOf(other) }],
        cluster: { keys: [`k1=file:${folder.path}/k1`], link: linkOf(number) },
        gateways: [{ name: 'gw1', uri: `sip:${writeAddress(GATEWAY)};transport=${transport}` }],
        probe: { everySec: 0 },
      };
      sites.push(await startSite({ folder: home.path, net, gateways: [GATEWAY], keys }));
    }
    await until('the link', async () => (await sites[0]?.metric('landfall_peer_up')) === 1, 10_000);
  });
  afterAll(async () => {
    for (const { socket } of lines) socket.destroy();
    gateway.close();
    const ends = await Promise.all(sites.map((site) => site.endNow()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    for (const folder of folders) folder.remove();
  });

  const line = async (to: Address) => {
    const opened =
      transport === 'tls'
        ? await tlsLine(CALLER.address, to, authorities)
        : await tcpLine(CALLER.address, to);
    lines.push(opened);
    return opened;
  };
  const doorOf = (number: number): Address => ({
    address: addressesOf(`${NET}.${number}`).anycast.address,
    port: defaultPort(transport),
  });

  type InCall = { readonly toTag?: string | undefined; readonly uri?: string };

  function wordsOf(method: string, cseq: number, { toTag, uri = WHOLE.uri }: InCall): string {
    const to = toTag === undefined ? '' : `;tag=${toTag}`;
    const isInvite = method === 'INVITE';
    const body = isInvite ? octetsOf(WHOLE.body) : '';
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${transport.toUpperCase()} ${writeAddress(CALLER)};branch=z9hG4bK${method}${cseq}`,
      'Max-Forwards: 70',
      'From: <sip:caller@example.com>;tag=c',
      `To: <${WHOLE.uri}>${to}`,
      `Call-ID: whole-${transport}@example.com`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:caller@${writeAddress(CALLER)};transport=${transport}>`,
      ...(isInvite ? WHOLE.headers.map(([name, value]) => `${name}: ${value}`) : []),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
  }

  const invites = () => gateway.requests.filter(({ method }) => method === 'INVITE');
  const said = WHOLE.headers.map(([name, value]) => `${name}: ${value}`);

  test('arrives with every part as it was, and with no header more or less', async () => {
    caller = await line(doorOf(1));
    await caller.say(wordsOf('INVITE', 1, {}));
    answer = await caller.hears('the answer', isFinal('INVITE'));
    expect(answer).toMatchObject({ status: 200 });
    const [arrived] = invites();
    if (arrived === undefined) throw new Error('no INVITE came');
    expect(WHOLE.body.length).toBeGreaterThan(10_000);
    expect(WHOLE.body.includes(0)).toBe(true);
    expect(partsOf(arrived.body)).toEqual(partsOf(octetsOf(WHOLE.body)));
    expect(crossing(arrived)).toEqual(said);
    const u = await line(contactOf(answer).at);
    await u.say(wordsOf('ACK', 1, { toTag: answer.to.tag, uri: contactOf(answer).uri }));
  });

  test('within the call arrives as it was through another site, too', async () => {
    const { uri } = contactOf(answer);
    const inCall = { toTag: answer.to.tag, uri };
    const stray = await line(doorOf(2));
    await stray.say(wordsOf('INVITE', 2, inCall));
    expect(await stray.hears('the answer', isFinal('INVITE'))).toMatchObject({ status: 200 });
    const [, again] = invites();
    if (again === undefined) throw new Error('no re-INVITE came');
    expect(sha256(again.body)).toBe(sha256(octetsOf(WHOLE.body)));
    expect(partsOf(again.body)).toEqual(partsOf(octetsOf(WHOLE.body)));
    expect(crossing(again)).toEqual(said);
    await stray.say(wordsOf('ACK', 2, inCall));
    await stray.say(wordsOf('BYE', 3, inCall));
    expect(await stray.hears('200 to BYE', isFinal('BYE'))).toMatchObject({ status: 200 });
    const record = await sites[0]?.recordOf(`whole-${transport}@example.com`);
    expect(record).toMatchObject({ reason: 'caller-hung-up', emergency: true, through: ['got'] });
  });
});
