import { setTimeout as pause } from 'node:timers/promises';
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
import type { CallRecord } from '../../lib/call/record.ts';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { type Baresip, startBaresip } from '../support/baresip.ts';
import type { Child } from '../support/child.ts';
import {
  callThatTheCalleeEnds,
  callThatTheCallerEnds,
  type Dialling,
  type Phone,
} from '../support/phone.ts';
import { countRtp, type Heard, type RtpCounter } from '../support/rtp-counter.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { openSplitNetwork, type SplitNetwork } from '../support/split-network.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

/** Of RFC 2544's range for tests between networks: callers here, gateways there. */
const NET = '198.18.46';
const INNER = '198.19.46';
const HOST = '127.21.46.1';
const A = `${NET}.112`;
const U = `${NET}.11`;
const B = `${INNER}.21`;
const CALLER = `${NET}.101`;
const CALLEE = `${INNER}.31`;
const NG = { address: HOST, port: 2223 };
const AUDIO_SEC = Number(process.env['LANDFALL_AUDIO_SEC'] ?? 5);
const PACKETS_PER_SEC = 50;
/** A second of sound, after a hold. */
const AGAIN_PACKETS = PACKETS_PER_SEC;
const LOOK_MS = 200;
/** In Hz. */
const TONES = { caller: 440, callee: 1000 };
jest.setTimeout(60_000 + 10_000 * AUDIO_SEC);

/** UDP header, RTP header, 20 ms of G.711; an SRTP authentication tag of 80 bits behind it. */
const PLAIN_BYTES = 8 + 12 + 160;
const KEYED_BYTES = PLAIN_BYTES + 10;

const udp = (address: string) => [{ transport: 'udp', address, port: 5060 }];
const KEYS = {
  listen: { anycast: udp(A), unicast: udp(U), gateway: udp(B) },
  gateways: [{ name: 'phone', uri: `sip:${CALLEE}:5060` }],
  groups: [
    { name: 'psap', gateways: ['phone'], emergency: true },
    { name: 'unkeyed', gateways: ['phone'], emergency: true, srtp: 'none' },
  ],
  routes: [
    { match: { user: '112' }, group: 'psap' },
    { match: { user: '911' }, group: 'unkeyed' },
  ],
  trunks: [],
  media: {
    anchor: 'rtpengine',
    rtpengine: [{ ng: `${NG.address}:${NG.port}` }],
    outside: 'pub',
    inside: 'priv',
  },
};

describe('baresip calls baresip, and neither has a way to the other', () => {
  let network: SplitNetwork;
  let rtpengine: Child;
  let stage: Stage;
  beforeAll(async () => {
    network = await openSplitNetwork({
      outside: { site: [U, A], people: [CALLER] },
      inside: { site: [B], people: [CALLEE] },
    });
    rtpengine = await startRtpengine({ ng: NG, outside: U, inside: B });
    stage = await openStage({ net: NET, adminHost: HOST, keys: KEYS });
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
    await rtpengine.stop();
    await network.close();
  });

  test.each([
    ['the caller', 'outside', CALLEE],
    ['the gateway', 'inside', CALLER],
  ] as const)('%s cannot reach the other side', async (_who, side, far) => {
    await expect(network[side].run('ip', 'route', 'get', far)).rejects.toThrow('unreachable');
  });

  describe.each([
    { keys: 'plain RTP on both sides', srtp: false, user: '112', udpBytes: PLAIN_BYTES },
    { keys: 'SRTP outside, RTP inside', srtp: true, user: '911', udpBytes: KEYED_BYTES },
  ])('$keys', ({ srtp, user, udpBytes }) => {
    const uri = `sip:${user}@${A}`;
    let caller: Baresip;
    let callee: Baresip;
    let atCaller: RtpCounter;
    let atCallee: RtpCounter;
    beforeEach(async () => {
      const { folder } = stage;
      const { outside, inside } = network;
      atCaller = await countRtp(outside);
      atCallee = await countRtp(inside);
      const tone = TONES.caller;
      caller = await startBaresip({
        folder,
        user: 'alice',
        at: outside,
        address: CALLER,
        srtp,
        tone,
      });
      callee = await startBaresip({
        folder,
        user,
        at: inside,
        address: CALLEE,
        tone: TONES.callee,
      });
    });
    afterEach(async () => {
      await caller.stop();
      await callee.stop();
    });

    test.each([
      ['the callee is held and resumed, the caller hangs up', callThatTheCallerEnds, 'caller'],
      ['the caller is held and resumed, the callee hangs up', callThatTheCalleeEnds, 'callee'],
    ] as const)('%s', async (_what, plot, ends) => {
      const record = await talk(plot);

      expect(record).toMatchObject({ reason: `${ends}-hung-up`, moved: 'moved', status: 200 });
      expect(placesOf(await atCaller.heard())).toEqual([`${U} ${udpBytes}`]);
      expect(placesOf(await atCallee.heard())).toEqual([`${B} ${PLAIN_BYTES}`]);
      expect(addressesToldTo(caller)).toEqual([U]);
      expect(addressesToldTo(callee)).toEqual([B]);
      expect(profilesToldTo(caller)).toEqual([srtp ? 'RTP/SAVP' : 'RTP/AVP']);
      expect(profilesToldTo(callee)).toEqual(['RTP/AVP']);
      await expectSound(record);
    });

    /** Both hear the other for a while, and again when the hold is over. */
    function talk(plot: (call: Dialling) => Promise<void>): Promise<CallRecord> {
      let packets = PACKETS_PER_SEC * AUDIO_SEC;
      const whileTalking = async () => {
        await Promise.all([atCaller, atCallee].map((counter) => hearMore(counter, packets)));
        packets = AGAIN_PACKETS;
      };
      return stage.recordOf(() => plot({ caller, callee, uri, whileTalking }));
    }

    /** Each has heard the other and not itself, and the site has counted it. */
    async function expectSound({ media }: CallRecord): Promise<void> {
      const least = PACKETS_PER_SEC * AUDIO_SEC + AGAIN_PACKETS;
      expect(media?.a.packets).toBeGreaterThanOrEqual(least);
      expect(media?.b.packets).toBeGreaterThanOrEqual(least);
      await caller.stop();
      await callee.stop();
      expect(caller.heardSec(TONES.callee)).toBeGreaterThan(AUDIO_SEC - 1);
      expect(caller.heardSec(TONES.caller)).toBe(0);
      expect(callee.heardSec(TONES.caller)).toBeGreaterThan(AUDIO_SEC - 1);
      expect(callee.heardSec(TONES.callee)).toBe(0);
      expect(await callsAt(NG)).toEqual([]);
    }
  });
});

/** Waits until so many packets more have come. */
async function hearMore(counter: RtpCounter, packets: number): Promise<void> {
  const before = await packetsAt(counter);
  await until(
    `${packets} packets more`,
    async () => {
      // Each look at the count costs a process.
      await pause(LOOK_MS);
      return (await packetsAt(counter)) >= before + packets;
    },
    5000 + (2 * 1000 * packets) / PACKETS_PER_SEC,
  );
}

const packetsAt = async (counter: RtpCounter) =>
  (await counter.heard()).reduce((sum, { packets }) => sum + packets, 0);

const placesOf = (heard: readonly Heard[]) =>
  heard.map(({ from, udpBytes }) => `${from} ${udpBytes}`);

const addressesToldTo = (phone: Phone) => inSdp(phone, /^(?:c=|o=.* )IN IP4 (\S+)/gm);

const profilesToldTo = (phone: Phone) => inSdp(phone, /^m=audio \d+ (\S+)/gm);

/** What stands there in all SDP that a phone has got. */
function inSdp(phone: Phone, pattern: RegExp): readonly string[] {
  const found = phone.received().flatMap((text) => [...text.matchAll(pattern)]);
  return [...new Set(found.map(([, value = '']) => value))];
}
