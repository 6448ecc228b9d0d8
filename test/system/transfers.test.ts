import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeAddress } from '../../lib/sip/address.ts';
import { header } from '../../lib/sip/header-names.ts';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { type Caller, type Callers, openCallers } from '../support/callers.ts';
import type { Child } from '../support/child.ts';
import { type Guest, type MediaGateway, openMediaGateway } from '../support/media-gateway.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { type RtpPeer, sdpOf } from '../support/rtp-peer.ts';
import { type End, openSpeech, placeOf, type Speech, untilHeard } from '../support/rtp-talk.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.71';
const PLACE = rtpengineBeside(NET, 1);
const [FIRST, SECOND] = [
  { address: `${NET}.31`, port: 5080 },
  { address: `${NET}.32`, port: 5080 },
];
const KEYS = {
  ...mediaKeys([PLACE]),
  groups: [{ name: 'psap', gateways: ['gw1'], emergency: true, transfers: 'execute' }],
  routes: [{ match: { user: '112' }, group: 'psap' }],
};
jest.setTimeout(60_000);

describe('an emergency call whose media crosses the site is transferred', () => {
  let rtpengine: Child;
  let stage: Stage;
  let callers: Callers;
  let speech: Speech;
  let first: MediaGateway;
  let second: MediaGateway;
  let peers: readonly RtpPeer[];
  beforeAll(async () => {
    rtpengine = await startRtpengine(PLACE);
    stage = await openStage({ net: NET, gatewayCount: 2, keys: KEYS });
    callers = await openCallers(stage.caller, stage.site.anycast);
    speech = openSpeech();
    peers = await Promise.all(
      [stage.caller.address, FIRST.address, SECOND.address].map((at) => speech.open(at)),
    );
    first = await openMediaGateway(FIRST, sdpFor(1), (guest) => guest.answer());
    second = await openMediaGateway(SECOND, sdpFor(2), (guest) => guest.ring(180));
  });
  afterEach(async () => {
    await until('nothing to be anchored', async () => (await callsAt(PLACE.ng)).length === 0);
  });
  afterAll(async () => {
    await speech.close();
    await callers.close();
    await first.close();
    await second.close();
    expect(await stage.close()).toBe(0);
    await rtpengine.stop();
  });

  test('by REFER: caller and new gateway hear each other, and the old one is let go', async () => {
    const { caller, old } = await talking();
    refer(old.talker);
    const guest = await guestOf(second);
    expect(guest.request.body).toBe('');
    expect(guest.request.headers.map(({ name }) => name)).toContain('referred-by');
    // Until the new one answers the old one is heard.
    await untilHeard([caller, old], [PLACE]);
    guest.answer();
    await untilOver(old);
    const fresh = { talker: guest, peer: peerOf(2) };
    speech.begin(fresh);
    await untilHeard([caller, fresh], [PLACE]);
    expect(placeOf(caller.talker)).toBe(PLACE.outside);
    expect(placeOf(guest)).toBe(PLACE.inside);
    guest.hangUp();
    await expectRecord(caller.talker, [200, 200]);
  });

  test('by REFER, in vain: they go on', async () => {
    const { caller, old } = await talking();
    refer(old.talker);
    (await guestOf(second)).reject(486);
    await untilHeard([caller, old], [PLACE]);
    old.talker.hangUp();
    await expectRecord(caller.talker, [200, 486]);
  });

  test('by an INVITE with Replaces: whoever took the place hears the caller, and is heard', async () => {
    const { caller, old } = await talking();
    const { request, tag } = old.talker;
    const value = `${request.callId};to-tag=${request.from.tag};from-tag=${tag}`;
    const joining = second.call(stage.site.gatewaySide, header('Replaces', value), sdpFor(2)());
    await untilOver(old);
    const fresh = { talker: joining, peer: peerOf(2) };
    speech.begin(fresh);
    await untilHeard([caller, fresh], [PLACE]);
    joining.hangUp();
    await expectRecord(caller.talker, [200, 200]);
  });

  const sdpFor = (which: number) => () => sdpOf({ at: peerOf(which).at, formats: '8' });

  /** The caller and the first gateway speak, and are heard. */
  async function talking() {
    const uri = `sip:112@${stage.site.anycast.address}`;
    const talker = callers.call({ uri, sdp: sdpFor(0)() });
    await talker.isAnswered();
    const caller = { talker, peer: peerOf(0) };
    const old = { talker: await guestOf(first), peer: peerOf(1) };
    for (const end of [caller, old]) speech.begin(end);
    await untilHeard([caller, old], [PLACE]);
    return { caller, old };
  }

  function peerOf(which: number): RtpPeer {
    const peer = peers[which];
    if (peer === undefined) throw new Error(`there is no peer ${which}`);
    return peer;
  }

  async function expectRecord(caller: Caller, statuses: readonly number[]): Promise<void> {
    const record = await stage.site.recordOf(caller.sipCallId);
    expect(record).toMatchObject({ reason: 'callee-hung-up', status: 200, emergency: true });
    expect(record.attempts.map(({ status }) => status)).toEqual(statuses);
  }
});

function refer(guest: Guest): void {
  const to = header('Refer-To', `<sip:112@${writeAddress(SECOND)}>`);
  guest.ask('REFER', [to, header('Referred-By', '<sip:desk@psap.example>')]);
}

async function guestOf(gateway: MediaGateway): Promise<Guest> {
  const isNew = (guest: Guest | undefined) => guest !== undefined && !guest.isOver && guest;
  return until('a call at the gateway', () => isNew(gateway.guests.at(-1)));
}

async function untilOver({ talker }: End): Promise<void> {
  await until('the old gateway to be let go', () => talker.isOver);
}
