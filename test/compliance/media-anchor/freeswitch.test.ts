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
import type { Child } from '../../support/child.ts';
import { FREESWITCH_NAME, FREESWITCH_SECRET, startFreeswitch } from '../../support/freeswitch.ts';
import { channelsAt } from '../../support/freeswitch-channels.ts';
import { sdpOf } from '../../support/rtp-peer.ts';
import { type TempFolder, tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';
import {
  allUp,
  type FreeswitchSubject,
  freeswitchSubject,
  serverAt,
} from './freeswitch-subject.ts';
import { mediaAnchorSuite } from './suite.ts';
import { agree, FACES, MIXED, openTalk, speakBothWays, type Talk } from './talk.ts';

jest.setTimeout(60_000);
const LOCAL = '127.23.1.1';
const PLACES = {
  events: { address: '127.23.1.51', port: 8021 },
  sip: { address: '127.23.1.51', port: 5080 },
};

describe(`media anchored at ${FREESWITCH_NAME}`, () => {
  let folder: TempFolder;
  let freeswitch: Child;
  beforeAll(async () => {
    folder = tempFolder('freeswitch');
    freeswitch = await startFreeswitch(folder.path, PLACES);
  });
  afterAll(async () => {
    await freeswitch.stop();
    folder.remove();
  });
  const channels = () => channelsAt(PLACES.events, FREESWITCH_SECRET);
  const noneLeft = () => until('no channel is left', async () => (await channels()) === 0);

  describe('is media anchored', () => {
    mediaAnchorSuite(
      async () => {
        const subject = await freeswitchSubject([serverAt(PLACES, LOCAL)], LOCAL);
        await allUp(subject);
        return {
          anchor: subject.anchor,
          async close() {
            expect(subject.lost).toEqual([]);
            expect(subject.legs.size).toBe(0);
            await noneLeft();
            await subject.close();
          },
        };
      },
      { pace: MIXED, keepsLines: false },
    );
  });

  describe('is it fenced', () => {
    let subject: FreeswitchSubject;
    let talk: Talk;
    beforeEach(async () => {
      subject = await freeswitchSubject([serverAt(PLACES, LOCAL)], LOCAL);
      await allUp(subject);
      talk = await openTalk(subject.anchor, MIXED);
    });
    afterEach(async () => {
      talk.close();
      await subject.close();
    });

    test('calls that are released at any moment leave no channel behind', async () => {
      const { anchor } = subject;
      const calls = await Promise.all(
        Array.from({ length: 100 }, (_, index) => openTalk(anchor).then((one) => ({ one, index }))),
      );
      await Promise.all(
        calls.map(async ({ one, index }) => {
          const talked = agree(one, 1).catch(() => undefined);
          await new Promise((resolve) => {
            setTimeout(resolve, index * 7);
          });
          await anchor.release(one.call);
          await talked;
          one.close();
        }),
      );

      await until('no leg is left', () => subject.legs.size === 0);
      await noneLeft();
    });

    test('what is no plain RTP cannot be anchored, and what has no audio neither', async () => {
      const { anchor } = subject;
      const { call } = talk;
      const offer = { call, attempt: 1, from: 'a' as const, faces: FACES };
      const keyed = sdpOf({ at: talk.caller.at, profile: 'RTP/SAVP' });

      expect(await anchor.offer({ ...offer, sdp: keyed })).toMatchObject({ why: 'unusable' });
      await anchor.release(call);
    });

    test('other media is refused toward whoever offered it, line by line [3264-6]', async () => {
      const more = ['m=text 4012 RTP/AVP 98', 'a=rtpmap:98 t140/1000', 'm=video 4014 RTP/AVP 96'];
      const { toCaller, toGateway } = await agree(talk, 1, { more });

      expect(toGateway.sdp.match(/^m=\S+ \d+/gm)).toHaveLength(1);
      const lines = toCaller.sdp.match(/^m=\S+ \d+/gm);
      expect(lines).toEqual([expect.stringMatching(/^m=audio [1-9]/), 'm=text 0', 'm=video 0']);
      await talk.offer('a', 1, sdpOf({ at: talk.caller.at, version: 2, more }));
      await subject.anchor.release(talk.call);
    });

    test('one that hangs is down within two seconds, and a call begins anew when it goes on', async () => {
      await agree(talk, 1);
      freeswitch.signal('SIGSTOP');
      try {
        await until('it is down', () =>
          subject.notices.some(({ event }) => event === 'freeswitch-down'),
        );
        const asked = performance.now();
        const other = await subject.anchor.offer({
          call: talk.call,
          attempt: 2,
          from: 'a',
          faces: FACES,
          sdp: sdpOf({ at: talk.caller.at }),
        });
        expect(other.kind).toBe('failed');
        expect(performance.now() - asked).toBeLessThan(2500);
      } finally {
        freeswitch.signal('SIGCONT');
      }
      await allUp(subject, 2);
      await subject.anchor.release(talk.call);
      const { toCaller, toGateway, gateway } = await agree(talk, 2);

      await speakBothWays(talk.caller, toCaller.sdp, gateway, toGateway.sdp, MIXED);
      await subject.anchor.release(talk.call);
      await noneLeft();
    });

    test('one that was started anew has lost its calls, and each is told of once', async () => {
      await agree(talk, 1);
      freeswitch.signal('SIGKILL');
      await freeswitch.ended;
      freeswitch = await startFreeswitch(folder.path, PLACES);

      await until('the call is lost', () => subject.lost.length > 0, 15_000);
      const again = await agree(talk, 1);

      expect(subject.lost).toEqual([talk.call]);
      await speakBothWays(
        talk.caller,
        again.toCaller.sdp,
        again.gateway,
        again.toGateway.sdp,
        MIXED,
      );
      await subject.anchor.release(talk.call);
    });
  });

  test.each([
    ['a wrong secret', { secret: 'another' }, 'it refused the secret'],
    [
      'a profile that is not there',
      { profiles: { outside: 'drachtio_mrf', inside: 'nowhere' } },
      'it has no profile nowhere that speaks UDP on IPv4',
    ],
  ])('with %s it is down, and the log says why', async (_, wrong, why) => {
    const subject = await freeswitchSubject([{ ...serverAt(PLACES, LOCAL), ...wrong }], LOCAL);

    await until('a notice', () => subject.notices.length > 0, 6000);

    expect(subject.notices).toEqual([expect.objectContaining({ event: 'freeswitch-down', why })]);
    await subject.close();
  });
});
