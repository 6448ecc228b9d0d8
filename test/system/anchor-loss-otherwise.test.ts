import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { type Caller, type Callers, openCallers } from '../support/callers.ts';
import type { Child } from '../support/child.ts';
import { type Guest, type MediaGateway, openMediaGateway } from '../support/media-gateway.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { type RtpPeer, sdpOf } from '../support/rtp-peer.ts';
import { openSpeech, placeOf, type Speech, untilHeard } from '../support/rtp-talk.ts';
import { hang, startRtpengine } from '../support/rtpengine.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.51';
const PLACES = [rtpengineBeside(NET, 1), rtpengineBeside(NET, 2)] as const;
const AGAIN_WITHIN_MS = 3000;
/** At half a second, one second, two seconds ... after the first. */
const REINVITES_MAX = 5;
const WATCHED_MS = 3000;
jest.setTimeout(60_000);

describe('rtpengines are lost in the middle of something', () => {
  let daemons: readonly [Child, Child];
  let stage: Stage;
  let speech: Speech;
  let callers: Callers;
  let gateway: MediaGateway;
  let ofCaller: RtpPeer;
  let ofGateway: RtpPeer;
  let play: (guest: Guest) => void;
  beforeEach(async () => {
    daemons = [await startRtpengine(PLACES[0]), await startRtpengine(PLACES[1])];
    stage = await openStage({ net: NET, keys: mediaKeys(PLACES) });
    const [at] = stage.gateways;
    speech = openSpeech();
    ofCaller = await speech.open(stage.caller.address);
    ofGateway = await speech.open(at.address);
    callers = await openCallers(stage.caller, stage.site.anycast);
    const sdp = sdpOf({ at: ofGateway.at, formats: '8' });
    gateway = await openMediaGateway(
      at,
      () => sdp,
      (guest) => play(guest),
    );
  });
  afterEach(async () => {
    await speech.close();
    await callers.close();
    await gateway.close();
    const bugs = stage.site.notices().filter(({ event }) => event === 'bug');
    const code = await stage.close();
    for (const daemon of daemons) {
      daemon.signal('SIGCONT');
      await daemon.stop();
    }
    expect([bugs, code]).toEqual([[], 0]);
  });

  test('while it rings: both hear the other soon after the answer', async () => {
    play = (guest) => guest.ring(183, 'early-media');
    const caller = dial('112');
    await until('early media', () => caller.told.length > 0);
    const guest = lastGuest();
    const [lost, other] =
      placeOf(caller) === PLACES[0].outside ? ([0, 1] as const) : ([1, 0] as const);
    await kill(daemons[lost]);

    guest.answer();
    await caller.isAnswered();
    const ends = [
      { talker: caller, peer: ofCaller },
      { talker: guest, peer: ofGateway },
    ];
    for (const end of ends) speech.begin(end);
    await untilHeard(ends, [PLACES[other]], AGAIN_WITHIN_MS);

    await pause(1000);
    expect([caller.reinvites, guest.reinvites]).toEqual([1, 1]);
    expect(placeOf(guest)).toBe(PLACES[other].inside);
    caller.leave();
    expect(await stage.site.recordOf(caller.sipCallId)).toMatchObject({ reason: 'caller-hung-up' });
    await until(
      'nothing to be anchored',
      async () => (await callsAt(PLACES[other].ng)).length === 0,
    );
  });

  test('and the caller answers with another port: it hears the gateway there [3725-4.1]', async () => {
    play = (guest) => guest.answer();
    const caller = dial('112');
    await caller.isAnswered();
    const [lost, other] =
      placeOf(caller) === PLACES[0].outside ? ([0, 1] as const) : ([1, 0] as const);
    const moved = await speech.open(stage.caller.address);
    caller.sdp = sdpOf({ at: moved.at, version: 2 });
    // The caller itself is silent, or rtpengine would learn its port from what it says.
    speech.begin({ talker: lastGuest(), peer: ofGateway });

    await kill(daemons[lost]);

    await untilHeard([{ talker: caller, peer: moved }], [PLACES[other]], AGAIN_WITHIN_MS);
    await pause(1000);
    expect([caller.reinvites, lastGuest().reinvites]).toEqual([1, 1]);
    expect(stage.site.notices().filter(({ event }) => event === 'media-unanchored')).toEqual([]);
    caller.leave();
    expect(await stage.site.recordOf(caller.sipCallId)).toMatchObject({ reason: 'caller-hung-up' });
    await until(
      'nothing to be anchored',
      async () => (await callsAt(PLACES[other].ng)).length === 0,
    );
  });

  test('and the gateway takes no re-INVITE: it is not asked for ever, and keeps its call', async () => {
    play = (guest) => {
      guest.refuses = 488;
      guest.answer();
    };
    const caller = dial('112');
    await caller.isAnswered();
    const lost = placeOf(caller) === PLACES[0].outside ? 0 : 1;

    await kill(daemons[lost]);
    await until('a re-INVITE', () => lastGuest().reinvites > 0);
    await pause(WATCHED_MS);

    expect(lastGuest().reinvites).toBeLessThanOrEqual(REINVITES_MAX);
    expect(caller.isOver).toBe(false);
    caller.leave();
    expect(await stage.site.recordOf(caller.sipCallId)).toMatchObject({ reason: 'caller-hung-up' });
  });

  test('they hang, and callers give up meanwhile: what has begun is taken back', async () => {
    play = (guest) => guest.ring(180);
    await Promise.all(daemons.map(hang));

    const both = ['5550100', '112'].map(dial);
    await pause(200);
    for (const caller of both) caller.leave();

    for (const caller of both) {
      await caller.isRefused();
      expect(caller.statuses).toEqual([487]);
      const record = await stage.site.recordOf(caller.sipCallId);
      expect(record).toMatchObject({ reason: 'caller-cancelled', status: 487 });
    }
    for (const guest of gateway.guests) await until('its end', () => guest.isOver);
    await until('no call', async () => (await stage.site.metric('landfall_calls_active')) === 0);
  });

  function dial(user: string): Caller {
    const uri = `sip:${user}@${stage.site.anycast.address}`;
    return callers.call({ uri, sdp: sdpOf({ at: ofCaller.at }) });
  }

  function lastGuest(): Guest {
    const guest = gateway.guests.at(-1);
    if (guest === undefined) throw new Error('no call has come to the gateway');
    return guest;
  }
});

async function kill(daemon: Child): Promise<void> {
  daemon.signal('SIGKILL');
  await daemon.ended;
}
