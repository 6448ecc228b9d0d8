import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeAddress } from '../../lib/sip/address.ts';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { type Caller, type Callers, openCallers } from '../support/callers.ts';
import type { Child } from '../support/child.ts';
import { type Guest, type MediaGateway, openMediaGateway } from '../support/media-gateway.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { audioOf, openRtpPeer, type RtpPeer, sdpOf } from '../support/rtp-peer.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { lastTold, type Talker } from '../support/talkers.ts';
import { openUdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';

const NET = '127.21.47';
const PLACE = rtpengineBeside(NET, 1);
const GATEWAYS = [
  { address: `${NET}.31`, port: 5080 },
  { address: `${NET}.32`, port: 5080 },
] as const;
const MUTE = { address: `${NET}.39`, port: 5080 };
const DIRECT = { address: `${NET}.102`, port: 5060 };
const PACKETS = 20;
const KEYS = {
  ...mediaKeys([PLACE]),
  gateways: [
    { name: 'mute', uri: `sip:${writeAddress(MUTE)}`, priority: 1 },
    { name: 'first', uri: `sip:${writeAddress(GATEWAYS[0])}`, priority: 1 },
    { name: 'second', uri: `sip:${writeAddress(GATEWAYS[1])}`, priority: 2 },
  ],
  groups: [
    { name: 'psap', gateways: ['first', 'second'], emergency: true },
    { name: 'half-mute', gateways: ['mute', 'second'], emergency: true },
    { name: 'direct', gateways: ['second'], emergency: true, anchor: false },
  ],
  routes: [
    { match: { user: '112' }, group: 'psap' },
    { match: { user: '113' }, group: 'half-mute' },
    { match: { user: '114' }, group: 'direct' },
  ],
  trunks: [{ name: 'direct', source: [`${DIRECT.address}/32`], anchor: false }],
  hunt: { attemptMs: 300, attemptMsMin: 300 },
};
jest.setTimeout(60_000);

/** A talker, and the socket its SDP names. */
type Party = { readonly talker: Talker; readonly peer: RtpPeer };

describe('media of calls through a site with rtpengine', () => {
  let rtpengine: Child;
  let stage: Stage;
  let callers: Callers;
  let ofCaller: RtpPeer;
  let ofFirst: RtpPeer;
  let ofSecond: RtpPeer;
  let first: MediaGateway;
  let second: MediaGateway;
  let formatsOfSecond = '8';
  beforeAll(async () => {
    rtpengine = await startRtpengine(PLACE);
    stage = await openStage({ net: NET, gatewayCount: 2, keys: KEYS });
    callers = await openCallers(stage.caller, stage.site.anycast);
    ofCaller = await openRtpPeer(stage.caller.address);
    ofFirst = await openRtpPeer(GATEWAYS[0].address);
    ofSecond = await openRtpPeer(GATEWAYS[1].address);
    const byFirst = () => sdpOf({ at: ofFirst.at, formats: '8' });
    const bySecond = () => sdpOf({ at: ofSecond.at, formats: formatsOfSecond });
    first = await openMediaGateway(GATEWAYS[0], byFirst, (guest) => guest.ring(183, 'early-media'));
    second = await openMediaGateway(GATEWAYS[1], bySecond, (guest) => guest.ring(180));
  });
  afterEach(async () => {
    await until('nothing to be anchored', async () => (await callsAt(PLACE.ng)).length === 0);
  });
  afterAll(async () => {
    await callers.close();
    await first.close();
    await second.close();
    for (const peer of [ofCaller, ofFirst, ofSecond]) peer.close();
    expect(await stage.close()).toBe(0);
    await rtpengine.stop();
  });

  test.each([
    ['takes the same format', '8'],
    ['takes another format', '0'],
  ])('the first sends early media and refuses, the second one %s', async (_how, formats) => {
    formatsOfSecond = formats;
    const talker = dial();
    const caller = { talker, peer: ofCaller };
    await until('early media', () => lastTold(talker));
    const early = await guestOf(first);
    await expectBothHear(caller, { talker: early, peer: ofFirst });

    early.reject(480);
    const guest = await guestOf(second);
    guest.answer();
    await talker.isAnswered();

    await expectBothHear(caller, { talker: guest, peer: ofSecond });
    expect(formatsIn(lastTold(talker) ?? '')).toBe(formats);
    await ofFirst.speak(lastTold(early) ?? '', PACKETS);
    expect(ofCaller.heard().size).toBe(0);
    talker.leave();
    const record = await stage.site.recordOf(talker.sipCallId);
    expect(record).toMatchObject({ reason: 'caller-hung-up', status: 200 });
    expect(record.attempts.map(({ status }) => status)).toEqual([480, 200]);
    expect(record.media).toMatchObject({ a: { packets: 2 * PACKETS }, b: { packets: PACKETS } });
  });

  test('an offer that the first gateway makes crosses, and the answer in the ACK', async () => {
    const talker = dial({ offersLate: true });
    const guest = await guestOf(first);
    guest.answer();
    await talker.isAnswered();
    await until('the answer', () => lastTold(guest));

    await expectBothHear({ talker, peer: ofCaller }, { talker: guest, peer: ofFirst });
    expect(guest.told.map(({ what }) => what)).toEqual(['ACK']);
    talker.leave();
    await stage.site.recordOf(talker.sipCallId);
  });

  test('the first says nothing at all, and what the second one said is counted', async () => {
    formatsOfSecond = '8';
    const mute = await openUdpSink(MUTE);
    const talker = dial({ user: '113' });
    const guest = await guestOf(second);
    guest.answer();
    await talker.isAnswered();
    await expectBothHear({ talker, peer: ofCaller }, { talker: guest, peer: ofSecond });

    guest.hangUp();

    const record = await stage.site.recordOf(talker.sipCallId);
    await mute.close();
    expect(record).toMatchObject({ reason: 'callee-hung-up', status: 200 });
    expect(record.media).toMatchObject({ a: { packets: PACKETS }, b: { packets: PACKETS } });
  });

  test.each([
    ['to a group', '114', 101],
    ['from a trunk', '113', 102],
  ])('media %s that is not anchored flows past the site', async (_what, user, host) => {
    const own = await openCallers({ address: `${NET}.${host}`, port: 5070 }, stage.site.anycast);
    const talker = dial({ user }, own);
    const guest = await guestOf(second);
    expect(await callsAt(PLACE.ng)).toEqual([]);
    guest.answer();
    await talker.isAnswered();

    expect([lastTold(guest), lastTold(talker)]).toEqual([talker.sdp, guest.sdp]);
    talker.leave();
    const record = await stage.site.recordOf(talker.sipCallId);
    expect([record.status, record.media]).toEqual([200, undefined]);
    await own.close();
  });

  function dial(how: { user?: string; offersLate?: boolean } = {}, by = callers): Caller {
    const { user = '112', ...more } = how;
    const uri = `sip:${user}@${stage.site.anycast.address}`;
    return by.call({ uri, sdp: sdpOf({ at: ofCaller.at }), ...more });
  }

  /** Each hears every packet of the other, from the one place that it was told of. */
  async function expectBothHear(caller: Party, gateway: Party): Promise<void> {
    const parties = [caller, gateway];
    for (const { peer } of parties) peer.heard();
    await Promise.all(
      parties.map(({ talker, peer }) => peer.speak(lastTold(talker) ?? '', PACKETS)),
    );
    for (const { talker, peer } of parties) {
      const { address, port } = audioOf(lastTold(talker) ?? '');
      expect(address).toBe(talker === caller.talker ? PLACE.outside : PLACE.inside);
      expect(await heardBy(peer)).toEqual([[`${address}:${port}`, PACKETS]]);
    }
  }
});

async function guestOf(gateway: MediaGateway): Promise<Guest> {
  const isNew = (guest: Guest | undefined) => guest !== undefined && !guest.isOver && guest;
  return until('a call at the gateway', () => isNew(gateway.guests.at(-1)));
}

async function heardBy(peer: RtpPeer): Promise<readonly (readonly [string, number])[]> {
  const sums = new Map<string, number>();
  await until(`${PACKETS} packets at ${peer.at.address}`, () => {
    for (const [place, count] of peer.heard()) sums.set(place, (sums.get(place) ?? 0) + count);
    return [...sums.values()].reduce((sum, count) => sum + count, 0) >= PACKETS;
  });
  return [...sums];
}

const formatsIn = (sdp: string) => /^m=audio \d+ \S+ (.*)\r$/m.exec(sdp)?.[1];
