import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { octetsOfText } from '../../../../lib/base/brands.ts';
import { choose } from '../../../../lib/engine/drachtio/choose.ts';
import type { OutgoingInvite } from '../../../../lib/ports/sip-engine.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { legId, sipCallId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { until } from '../../../support/until.ts';
import { type AdminServer, greets, openAdminServer, V0_9 } from './admin-server.ts';
import { type Linked, openLink } from './links.ts';

const SDP = octetsOfText('v=0\r\n');
const TYPE = header('Content-Type', 'application/sdp');

function order(parts: Partial<OutgoingInvite> = {}): OutgoingInvite {
  const at = { address: '10.0.0.11', port: 5060 };
  return {
    leg: legId('leg'),
    listener: { ...at, transport: 'udp', role: 'gateway', advertise: undefined },
    nextHop: { address: '10.0.1.31', port: 5060 },
    uri: uriText('sip:112@10.0.1.31'),
    from: '<sip:+4670@op.example>;tag=ours',
    to: '<sip:112@192.0.2.112>',
    tag: tagOf('ours'),
    callId: sipCallId('call'),
    contact: uriText('sip:token@10.0.0.11:5060'),
    maxForwards: 69,
    headers: [TYPE],
    body: SDP,
    ...parts,
  };
}

describe('the engine that carries an INVITE', () => {
  const servers: AdminServer[] = [];
  const both: Linked[] = [];
  let silent: Linked;

  beforeAll(async () => {
    for (const places of [
      'udp/10.0.0.21:5060,tcp/10.0.0.21:5060',
      'udp/10.0.0.22:5060,udp/[fd00::22]:5060',
    ]) {
      const server = await openAdminServer(() => greets(places, V0_9));
      servers.push(server);
      both.push(openLink(server.options));
    }
    const gone = await openAdminServer(() => []);
    await gone.close();
    silent = openLink(gone.options);
    await until('both are up', () => both.every(({ told }) => told.length > 0));
    await until('the third is not', () => silent.told.length > 0);
  });
  afterAll(async () => {
    for (const { link } of [...both, silent]) link.close();
    for (const server of servers) await server.close();
  });

  const links = () => both.map(({ link }) => link);
  const placeFor = (turn: number, parts: Partial<OutgoingInvite> = {}, list = links()) => {
    const choice = choose(order(parts), list, turn);
    return choice.by === 'drachtio' ? `${choice.link.name} ${choice.place.address}` : choice.why;
  };
  test('is the builtin one for a call outwards: a server faces no carrier', () => {
    const outwards = { listener: { ...order().listener, role: 'unicast' } } as const;
    expect(placeFor(0, outwards)).toBe('the call goes outwards');
  });

  const tcp = { listener: { ...order().listener, transport: 'tcp' } } as const;

  test('is each drachtio-server in turn', () => {
    const [one, two] = links().map(({ name }, index) => `${name} 10.0.0.2${index + 1}`);
    expect([0, 1, 2, 3].map((turn) => placeFor(turn))).toEqual([one, two, one, two]);
  });

  test('is the next one where one is not up, or speaks another transport', () => {
    const [one, two] = links();
    expect(placeFor(0, {}, [silent.link, ...links()])).toBe(`${one?.name} 10.0.0.21`);
    expect(placeFor(1, tcp)).toBe(`${one?.name} 10.0.0.21`);
    expect(
      placeFor(
        0,
        tcp,
        [two, one].flatMap((link) => link ?? []),
      ),
    ).toBe(`${one?.name} 10.0.0.21`);
  });

  test('is one that speaks the version of IP of the gateway, from where it speaks it', () => {
    const [one, two] = links();
    const six = { nextHop: { address: 'fd00::31', port: 5060 } };
    expect(placeFor(0, six)).toBe(`${two?.name} fd00::22`);
    const alone = one === undefined ? [] : [one];
    expect(placeFor(0, six, alone)).toBe(`${one?.name}: it speaks no udp over IPv6`);
  });

  test('is the builtin one where there is no server for it', () => {
    const [, two] = links();
    expect(placeFor(0, {}, [])).toBe('no server is configured');
    expect(placeFor(0, {}, [silent.link])).toMatch(/^127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    expect(placeFor(0, tcp, two === undefined ? [] : [two])).toBe(
      `${two?.name}: it speaks no tcp over IPv4`,
    );
  });

  test.each<[string, Partial<OutgoingInvite>]>([
    ['the Request-URI is no SIP URI', { uri: uriText('urn:service:sos') }],
    ['the Request-URI is no SIP URI', { uri: uriText('tel:112') }],
    ['the Request-URI is too long', { uri: uriText(`sip:${'1'.repeat(400)}@10.0.1.31`) }],
    ['it is over 4000 bytes', { body: octetsOfText('x'.repeat(4000)) }],
    ['the body holds a NUL', { body: octetsOfText('a\0b') }],
    ['the body has no Content-Type', { headers: [] }],
    ['from names localhost', { from: '<sip:a@localhost>;tag=ours' }],
  ])('is the builtin one for what no server passes on: %s', (why, parts) => {
    expect(choose(order(parts), links(), 0)).toEqual({ by: 'builtin', why });
  });
});
