import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { type Caller, type Callers, openCallers } from '../support/callers.ts';
import type { Child } from '../support/child.ts';
import { type MediaGateway, openMediaGateway } from '../support/media-gateway.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { type RtpPeer, sdpOf } from '../support/rtp-peer.ts';
import { type End, openSpeech, placeOf, untilHeard } from '../support/rtp-talk.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.48';
const FIRST = rtpengineBeside(NET, 1);
const SECOND = rtpengineBeside(NET, 2);
const CALLS = 20;
const AGAIN_WITHIN_MS = 3000;
jest.setTimeout(60_000);

type Talk = { readonly caller: Caller; readonly ends: readonly [End, End] };

describe('the rtpengines of a site are killed', () => {
  let first: Child;
  let second: Child;
  let stage: Stage;
  let callers: Callers;
  let gateway: MediaGateway;
  let ofCaller: RtpPeer;
  let ofGateway: RtpPeer;
  const speech = openSpeech();
  const talks: Talk[] = [];
  beforeAll(async () => {
    first = await startRtpengine(FIRST);
    second = await startRtpengine(SECOND);
    stage = await openStage({ net: NET, keys: mediaKeys([FIRST, SECOND]) });
    const [at] = stage.gateways;
    callers = await openCallers(stage.caller, stage.site.anycast);
    const sdp = () => sdpOf({ at: ofGateway.at, formats: '8' });
    gateway = await openMediaGateway(at, sdp, (guest) => guest.answer());
    for (let count = 0; count < CALLS; count += 1) talks.push(await talk());
  });
  afterAll(async () => {
    await speech.close();
    await callers.close();
    await gateway.close();
    expect(await stage.close()).toBe(0);
    await first.stop();
    await second.stop();
  });

  test(`one while ${CALLS} people talk: all hear the other again by the second one [3725-4.1]`, async () => {
    const atFirst = talks.filter(({ caller }) => placeOf(caller) === FIRST.outside);
    expect(atFirst.length).toBeGreaterThan(0);
    expect(atFirst.length).toBeLessThan(CALLS);
    await untilHeard(endsOf(talks), [FIRST, SECOND]);

    const killedAt = performance.now();
    await kill(first);
    await untilHeard(endsOf(atFirst), [SECOND], AGAIN_WITHIN_MS);

    expect(performance.now() - killedAt).toBeLessThan(AGAIN_WITHIN_MS);
    await untilHeard(endsOf(talks), [SECOND]);
    expect((await callsAt(SECOND.ng)).length).toBe(CALLS);
    expect(stage.site.records()).toEqual([]);
  });

  test('no call was lost by it: each ends as its caller wants, and nothing is left', async () => {
    for (const { caller } of talks) caller.leave();

    const records = await stage.site.recordsOf(CALLS);
    expect(new Set(records.map(({ reason }) => reason))).toEqual(new Set(['caller-hung-up']));
    await until('nothing to be anchored', async () => (await callsAt(SECOND.ng)).length === 0);
    expect(noticed('media-unanchored')).toEqual([]);
  });

  test('all of them: an emergency call signals on, its SDP as it is, and it is said', async () => {
    await kill(second);

    const caller = await dial('112');
    await caller.isAnswered();

    const guest = gateway.guests.at(-1);
    expect(guest?.told).toEqual([{ what: 'INVITE', sdp: caller.sdp }]);
    expect(caller.told).toEqual([{ what: '200', sdp: guest?.sdp }]);
    caller.leave();
    const record = await stage.site.recordOf(caller.sipCallId);
    expect(record).toMatchObject({ reason: 'caller-hung-up', emergency: true, status: 200 });
    expect(record.media).toBeUndefined();
    expect(noticed('media-unanchored')).toMatchObject([{ level: 'error', callId: record.callId }]);
  });

  test('all of them: an ordinary call is refused, and it is our fault', async () => {
    const before = gateway.guests.length;

    const caller = await dial('5550100');
    await caller.isRefused();

    expect(caller.statuses).toEqual([500]);
    expect(gateway.guests).toHaveLength(before);
    const record = await stage.site.recordOf(caller.sipCallId);
    expect(record).toMatchObject({ fault: 'us', reason: 'media-failed', status: 500 });
  });

  test('one comes back: new calls cross it', async () => {
    first = await startRtpengine(FIRST);
    await until('word of it', () => noticed('media-up').length > 0);

    const caller = await dial('5550100');
    await caller.isAnswered();

    expect(placeOf(caller)).toBe(FIRST.outside);
    caller.leave();
    await until('nothing to be anchored', async () => (await callsAt(FIRST.ng)).length === 0);
  });

  /** A call that is answered, and in which both speak until the test is over. */
  async function talk(): Promise<Talk> {
    const caller = await dial('112');
    await caller.isAnswered();
    const guest = gateway.guests.at(-1);
    if (guest === undefined) throw new Error('no call came to the gateway');
    const ends = [
      { talker: caller, peer: ofCaller },
      { talker: guest, peer: ofGateway },
    ] as const;
    for (const end of ends) speech.begin(end);
    return { caller, ends };
  }

  async function dial(user: string): Promise<Caller> {
    ofCaller = await speech.open(stage.caller.address);
    ofGateway = await speech.open(stage.gateways[0].address);
    const uri = `sip:${user}@${stage.site.anycast.address}`;
    return callers.call({ uri, sdp: sdpOf({ at: ofCaller.at }) });
  }

  const noticed = (event: string) => stage.site.notices().filter((note) => note.event === event);
});

async function kill(daemon: Child): Promise<void> {
  daemon.signal('SIGKILL');
  await daemon.ended;
}

const endsOf = (talks: readonly Talk[]) => talks.flatMap(({ ends }) => ends);
