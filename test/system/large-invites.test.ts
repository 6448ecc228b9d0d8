import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { octetsOf, octetsOfText } from '../../lib/base/brands.ts';
import { writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues, listValues } from '../../lib/sip/headers.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parse } from '../../lib/sip/parse.ts';
import { type AnsweringGateway, openAnsweringGateway } from '../support/answering-gateway.ts';
import type { Child } from '../support/child.ts';
import { drachtioKeys, SERVER_NAME, startDrachtio, untilUp } from '../support/drachtio-server.ts';
import { type EmergencyInvite, emergencyInvites } from '../support/emergency-invites.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';

jest.setTimeout(60_000);
const INVITES = emergencyInvites();
const PLACES = {
  admin: { address: '127.21.32.9', port: 9022 },
  sip: { address: '127.21.32.22', port: 5060 },
};

/** Lists by their grammar: several lines may have become one. [3261-7.3.1] */
const LISTS = ['geolocation', 'call-info', 'history-info', 'accept', 'p-asserted-identity'];

describe.each([
  { engine: 'builtin', net: '127.21.31', keys: {} },
  { engine: 'drachtio', net: '127.21.32', keys: drachtioKeys(PLACES) },
])('emergency INVITEs of 2 to 14 KB, gateway side $engine', ({ engine, net, keys }) => {
  let stage: Stage;
  let server: Child | undefined;
  let gateway: AnsweringGateway;
  let caller: UdpSink;

  beforeAll(async () => {
    stage = await openStage({ net, keys });
    if (engine === 'drachtio') server = await startDrachtio(stage.folder, PLACES);
    gateway = await openAnsweringGateway(stage.gateways[0]);
    caller = await openUdpSink(stage.caller);
    if (engine === 'drachtio') await untilUp(stage.site);
    for (const invite of INVITES) await talk(stage, caller, invite);
  });
  afterAll(async () => {
    await gateway.close();
    await caller.close();
    await server?.stop();
    expect(await stage.close()).toBe(0);
  });

  test.each(INVITES)('$what arrives byte for byte', async (invite) => {
    const record = await stage.site.recordOf(callIdOf(invite));
    expect(record).toMatchObject({ reason: 'caller-hung-up', emergency: true, status: 200 });
    const arrived = gateway.requests.find(
      ({ method, callId }) => method === 'INVITE' && callId === record.sipCallIdB[0],
    );
    if (arrived === undefined) throw new Error('no INVITE came');
    expect(arrived.body).toBe(octetsOf(invite.body));
    for (const [written] of invite.headers) {
      const name = written.toLowerCase();
      const read = LISTS.includes(name) ? listValues : headerValues;
      const said = invite.headers
        .filter(([other]) => other === written)
        .map(([, value]) => ({ name, written, value: octetsOfText(value) }));
      expect([name, read(arrived.headers, name)]).toEqual([name, read(said, name)]);
    }
  });

  test('which engine carried them is said', async () => {
    const by = (label: string) => stage.site.metric('landfall_legs_total', `engine="${label}"`);
    const [drachtio, builtin] = [await by('drachtio'), await by('builtin')];
    if (engine === 'builtin') {
      expect([drachtio, builtin]).toEqual([0, 0]);
      return;
    }
    expect(drachtio + builtin).toBe(INVITES.length);
    const steps = stage.site.steps().filter(({ event }) => event === 'invite-b');
    const whys = steps.flatMap(({ engine: by, why }) => (by === 'builtin' ? [why ?? ''] : []));
    expect(whys.filter((why) => !/over 4000 bytes|NUL|no SIP URI/.test(why))).toEqual([]);
    expect(whys).toHaveLength(builtin);
    expect(drachtio).toBeGreaterThan(0);
    console.info(
      `${builtin} of ${INVITES.length} emergency INVITEs of 2 to 14 KB took the builtin engine ` +
        `beside ${SERVER_NAME}`,
    );
  });
});

const callIdOf = ({ what }: EmergencyInvite) => `${what.replace(' ', '-')}@large.example`;

/** Calls, acknowledges and hangs up. */
async function talk({ site }: Stage, caller: UdpSink, invite: EmergencyInvite): Promise<void> {
  const callId = callIdOf(invite);
  const start = (method: string, uri: string, to: string, number: number) => [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${writeAddress(caller.local)};branch=z9hG4bK-${callId}-${number}-${method}`,
    'Max-Forwards: 70',
    `From: <sip:caller@example.com>;tag=c`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${number} ${method}`,
  ];
  const { headers, body } = invite;
  const head = [
    ...start('INVITE', invite.uri, `<${invite.uri}>`, 1),
    `Contact: <sip:caller@${writeAddress(caller.local)}>`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
    '\r\n',
  ].join('\r\n');
  caller.send(Buffer.concat([Buffer.from(head), body]), site.anycast);
  const { text } = await caller.next('the 200', (one) => isOk(one, callId, 'INVITE'));
  const answer = parse(Buffer.from(text, 'latin1'));
  if (answer.kind !== 'response') throw new Error('the answer is unreadable');
  const uri = contactUri(headerValue(answer.headers, 'contact') ?? '') ?? '';
  const to = headerValue(answer.headers, 'to') ?? '';
  const end = ['Content-Length: 0', '', ''];
  caller.send([...start('ACK', uri, to, 1), ...end].join('\r\n'), site.unicast);
  caller.send([...start('BYE', uri, to, 2), ...end].join('\r\n'), site.unicast);
  await caller.next('the 200 of BYE', (one) => isOk(one, callId, 'BYE'));
}

function isOk(text: string, callId: string, method: string): boolean {
  return (
    text.startsWith('SIP/2.0 200') &&
    text.includes(callId) &&
    text.includes(`CSeq: `) &&
    new RegExp(`^CSeq: \\d+ ${method}`, 'm').test(text)
  );
}
