import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { defaultPort, familyOf, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { type End, type Identity, openEnd } from '../support/any-end.ts';
import { openAuthority } from '../support/certificates.ts';
import { answered, type MixedCall, mixedCall } from '../support/mixed-call.ts';
import { addressesOf } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { addToLoopback } from '../support/v6-addresses.ts';

const NET = '127.21.79';
const NET6 = 'fd00:21:79:';
const { anycast, unicast, gatewaySide } = addressesOf(NET);
const HOSTS = {
  4: { a: anycast.address, u: unicast.address, side: gatewaySide.address },
  6: { a: `${NET6}:112`, u: `${NET6}:11`, side: `${NET6}:21` },
} as const;
const CALLERS = { 4: `${NET}.101`, 6: `${NET6}:101` } as const;
const CALLEES = { 4: `${NET}.31`, 6: `${NET6}:31` } as const;
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];
jest.setTimeout(60_000);

type Way = { readonly transport: Transport; readonly family: 4 | 6; readonly name: string };
const WAYS: readonly Way[] = ([4, 6] as const).flatMap((family) =>
  TRANSPORTS.map((transport) => ({ transport, family, name: `${transport}${family}` })),
);
const PAIRS = WAYS.flatMap((a) => WAYS.map((b) => ({ a, b })));
/** TLS has a port of its own, since TCP has the other one. */
const portOf = ({ transport }: Way) => (transport === 'tls' ? 5081 : 5080);

const listeners = (which: 'a' | 'u' | 'side') =>
  WAYS.map(({ transport, family }) => ({
    transport,
    address: HOSTS[family][which],
    port: defaultPort(transport),
  }));

const KEYS = {
  listen: {
    anycast: listeners('a'),
    unicast: listeners('u'),
    gateway: listeners('side'),
  },
  gateways: WAYS.map((way) => {
    const at = writeAddress({ address: CALLEES[way.family], port: portOf(way) });
    return { name: way.name, uri: `sip:${at};transport=${way.transport}` };
  }),
  groups: WAYS.flatMap(({ name }) => [
    { name: `psap-${name}`, gateways: [name], emergency: true },
    { name: `office-${name}`, gateways: [name] },
  ]),
  routes: WAYS.flatMap(({ name }) => [
    { match: { user: `psap-${name}-*` }, group: `psap-${name}` },
    { match: { user: `office-${name}-*` }, group: `office-${name}` },
  ]),
  trunks: [{ name: 'loopback', source: ['127.0.0.0/8', 'fd00:21:79::/64'] }],
};

const sdp = (version: number, direction = 'sendrecv') =>
  [
    'v=0',
    `o=- 4711 ${version} IN IP6 2001:db8::9`,
    's=-',
    'c=IN IP6 2001:db8::9',
    't=0 0',
    'm=audio 40000 RTP/AVP 8',
    `a=${direction}`,
    '',
  ].join('\r\n');
const [OFFER, ANSWER, HOLD, HELD] = [sdp(1), sdp(2), sdp(3, 'sendonly'), sdp(4, 'recvonly')];

describe('each basic call, by each transport and version of IP on either leg', () => {
  let folder: TempFolder;
  let stage: Stage;
  const callers = new Map<string, End>();
  const callees = new Map<string, End>();

  beforeAll(async () => {
    const six = Object.values(HOSTS[6]);
    addToLoopback([...six, CALLERS[6], CALLEES[6]]);
    folder = tempFolder('mixed-legs');
    const authority = openAuthority(folder.path);
    const everybody = [HOSTS[4], HOSTS[6]].flatMap((hosts) => Object.values(hosts));
    const names = [...everybody, ...Object.values(CALLERS), ...Object.values(CALLEES)];
    const issued = authority.issue(
      'everybody',
      names.map((address) => `IP:${address}`),
    );
    const { certificate, key } = issued;
    const tls = { certificate, key, authorities: authority.certificate };
    stage = await openStage({ net: NET, keys: { ...KEYS, tls } });
    const identity: Identity = { issued, authorities: readFileSync(authority.certificate, 'utf8') };
    for (const way of WAYS) {
      const { transport, family, name } = way;
      const port = portOf(way);
      const at = (address: string) => openEnd(transport, { address, port }, identity);
      callers.set(name, await at(CALLERS[family]));
      callees.set(name, await at(CALLEES[family]));
    }
  });
  afterAll(async () => {
    for (const end of [...callers.values(), ...callees.values()]) await end.close();
    expect(await stage.close()).toBe(0);
    folder.remove();
  });

  /** Plays one call of each pair, all at once, and looks at what is told of each. */
  async function eachPair(
    what: string,
    play: (call: MixedCall) => Promise<void>,
    record: object,
    group: 'psap' | 'office' = 'psap',
  ): Promise<void> {
    await Promise.all(
      PAIRS.map(async ({ a, b }) => {
        const caller = callers.get(a.name);
        const callee = callees.get(b.name);
        if (caller === undefined || callee === undefined) throw new Error('an end is missing');
        const callId = `${what}-${a.name}-${b.name}`;
        const dialled = { address: HOSTS[a.family].a, port: defaultPort(a.transport) };
        const user = `${group}-${b.name}-${what}-${a.name}`;
        await play(mixedCall({ callId, user, caller, callee, dialled }));
        expect(await stage.site.recordOf(callId)).toMatchObject({
          ...record,
          receivedOn: `A ${a.transport}:${writeAddress(dialled)}`,
          attempts: [{ gateway: b.name, target: writeAddress(callee.local) }],
        });
      }),
    );
  }

  /** The call went on at U, as the caller speaks, and our Contact is where the callee speaks. */
  function expectMoved({ contact, invite, caller, callee }: Awaited<ReturnType<typeof talk>>) {
    const { u } = HOSTS[familyOf(caller.local.address)];
    const { side } = HOSTS[familyOf(callee.local.address)];
    expect(contact.at).toEqual({ address: u, port: defaultPort(caller.transport) });
    expect(invite.message.via).toMatchObject({
      transport: callee.transport.toUpperCase(),
      host: side,
    });
  }

  const talk = (call: MixedCall) => answered(call, [OFFER, ANSWER, '']);
  const MOVED = { status: 200, moved: 'moved' };

  test('is answered, and the caller hangs up', async () => {
    const play = async (call: MixedCall) => {
      const talking = await talk(call);
      expectMoved(talking);
      await talking.saysOn('BYE', 3);
      call.callee.answer(await call.calleeAsked('BYE'), '200 OK');
      await call.callerTold(200, 'BYE', 3);
    };
    await eachPair('by-caller', play, { ...MOVED, reason: 'caller-hung-up' });
  });

  test('is answered, and the callee hangs up', async () => {
    const play = async (call: MixedCall) => {
      const { calleeSays, caller } = await talk(call);
      calleeSays('BYE', 1);
      caller.answer(await call.callerAsked('BYE'), '200 OK');
      await call.calleeTold('BYE');
    };
    await eachPair('by-callee', play, { ...MOVED, reason: 'callee-hung-up' });
  });

  test('is given up while it rings', async () => {
    const play = async (call: MixedCall) => {
      await call.says('INVITE', 1, { body: OFFER });
      const invite = await call.calleeInvited();
      call.callee.answer(invite, '180 Ringing');
      await call.callerTold(180);
      await call.says('CANCEL', 1, { branchOf: 'INVITE1' });
      await call.callerTold(200, 'CANCEL');
      call.callee.answer(await call.calleeAsked('CANCEL'), '200 OK');
      call.callee.answer(invite, '487 Request Terminated');
      await call.calleeAsked('ACK');
      const { to } = await call.callerTold(487);
      await call.says('ACK', 1, { branchOf: 'INVITE1', toTag: to.tag });
    };
    await eachPair('given-up', play, { status: 487, reason: 'caller-cancelled' });
  });

  test('is busy', async () => {
    const play = async (call: MixedCall) => {
      await call.says('INVITE', 1, { body: OFFER });
      call.callee.answer(await call.calleeInvited(), '486 Busy Here');
      await call.calleeAsked('ACK');
      const { to } = await call.callerTold(486);
      await call.says('ACK', 1, { branchOf: 'INVITE1', toTag: to.tag });
    };
    await eachPair('busy', play, { status: 486, reason: 'callee-busy' }, 'office');
  });

  test('is put on hold by the caller, and then by the callee', async () => {
    const play = async (call: MixedCall) => {
      const { saysOn, confirms, calleeSays, callee, caller } = await talk(call);
      await saysOn('INVITE', 3, HOLD);
      callee.answer(await call.calleeAsked('INVITE', HOLD), '200 OK', HELD);
      expect((await call.callerTold(200, 'INVITE', 3)).body).toBe(HELD);
      await confirms(3);
      calleeSays('INVITE', 1, HOLD);
      const asked = await call.callerAsked('INVITE');
      expect(asked.message.body).toBe(HOLD);
      caller.answer(asked, '200 OK', HELD);
      expect((await call.calleeTold('INVITE')).body).toBe(HELD);
      calleeSays('ACK', 1);
      await call.callerAsked('ACK');
      await saysOn('BYE', 5);
      callee.answer(await call.calleeAsked('BYE'), '200 OK');
      await call.callerTold(200, 'BYE', 5);
    };
    await eachPair('hold', play, { ...MOVED, reason: 'caller-hung-up' });
  });

  test('is offered late', async () => {
    const play = async (call: MixedCall) => {
      const { saysOn, callee } = await answered(call, ['', OFFER, ANSWER]);
      await saysOn('BYE', 3);
      callee.answer(await call.calleeAsked('BYE'), '200 OK');
      await call.callerTold(200, 'BYE', 3);
    };
    await eachPair('late-offer', play, { ...MOVED, reason: 'caller-hung-up' });
  });

  test('leaves no address of a caller in the log', () => {
    const log = readFileSync(join(stage.folder, 'steps.ndjson'), 'utf8');
    expect(log).toContain('fd00:21:x');
    for (const address of Object.values(CALLERS)) expect(log).not.toContain(address);
  });
});
