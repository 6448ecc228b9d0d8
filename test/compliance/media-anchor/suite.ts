import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { bytesOf } from '../../../lib/base/brands.ts';
import type { MediaAnchor } from '../../../lib/ports/media-anchor.ts';
import { sdpOf } from '../../support/rtp-peer.ts';
import {
  agree,
  heardInAll,
  openTalk,
  type Pace,
  RELAYED,
  speakBothWays,
  type Talk,
} from './talk.ts';

export type Subject = { readonly anchor: MediaAnchor; close(): Promise<void> };

export type Nature = {
  readonly pace: Pace;
  /** Whether lines cross that it has no use for. */
  readonly keepsLines: boolean;
};
const RELAY: Nature = { pace: RELAYED, keepsLines: true };

const LINES = [
  'a=rtpmap:8 PCMA/8000',
  'a=hlang-send:sv en',
  'a=x-unknown:kept 100%25 \\u00e5 "so"',
  'm=text 4012 RTP/AVP 98 99',
  'a=rtpmap:98 t140/1000',
  'a=rtpmap:99 red/1000',
  'a=fmtp:99 98/98/98/98',
  'm=video 4014 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'm=message 4016 TCP/MSRP *',
  'a=path:msrp://192.0.2.5:4016/jshA7weztas;tcp',
];

/** What every implementation of MediaAnchor owes. */
export function mediaAnchorSuite(open: () => Promise<Subject>, nature = RELAY): void {
  let subject: Subject;
  let talk: Talk;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject.close());
  beforeEach(async () => {
    talk = await openTalk(subject.anchor, nature.pace);
  });
  afterEach(async () => {
    await subject.anchor.release(talk.call);
    talk.close();
  });
  const present = (): Present => ({ anchor: subject.anchor, talk });
  whatCrosses(present);
  if (nature.keepsLines) whatIsKept(present);
  whatIsAgreedAnew(present);
  whoAnswers(present);

  test('what is released twice, or was never there, is released', async () => {
    const { anchor } = subject;
    await agree(talk, 1);
    await anchor.release(talk.call);

    const again = await anchor.release(talk.call);
    await anchor.abandon(talk.call, 1);
    await anchor.restore(talk.call, 1);

    expect(again.kind).toBe('released');
  });
}

type Present = { readonly anchor: MediaAnchor; readonly talk: Talk };

function whatCrosses(present: () => Present): void {
  test('each leg hears all that the other one says', async () => {
    const { talk } = present();
    const { caller } = talk;
    const { toCaller, toGateway, gateway } = await agree(talk, 1);

    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp, talk.pace);
  });
}

function whatIsKept(present: () => Present): void {
  test('text, video, MSRP and attributes that nobody knows are kept', async () => {
    const { talk } = present();
    const { sdp } = await talk.offer('a', 1, sdpOf({ at: talk.caller.at, more: LINES }));

    const kinds = sdp.match(/^m=\S+/gm);
    expect(kinds).toEqual(['m=audio', 'm=text', 'm=video', 'm=message']);
    const attributes = LINES.filter((line) => line.startsWith('a='));
    expect(attributes.filter((line) => !sdp.includes(`${line}\r\n`))).toEqual([]);
  });

  test('a session name in Latin-1 crosses byte for byte', async () => {
    const { talk } = present();
    const offer = sdpOf({ at: talk.caller.at, more: ['a=x-name:Nöd \xff\x80 ÅÄÖ'] });

    const { sdp } = await talk.offer('a', 1, offer);

    expect(bytesOf(sdp).includes(Buffer.from('a=x-name:Nöd \xff\x80 ÅÄÖ\r\n', 'latin1'))).toBe(
      true,
    );
  });
}

function whatIsAgreedAnew(present: () => Present): void {
  test('hold crosses and is taken back [3264-8.4]', async () => {
    const { talk } = present();
    const { caller } = talk;
    const { gateway } = await agree(talk, 1);
    const held = await talk.offer(
      'a',
      1,
      sdpOf({ at: caller.at, version: 2, more: ['a=sendonly'] }),
    );
    await talk.answer('b', 1, sdpOf({ at: gateway.at, version: 2, more: ['a=recvonly'] }));

    const resumed = await talk.offer(
      'a',
      1,
      sdpOf({ at: caller.at, version: 3, more: ['a=sendrecv'] }),
    );
    const answered = await talk.answer('b', 1, sdpOf({ at: gateway.at, version: 3, formats: '8' }));

    expect(held.sdp).toContain('a=sendonly');
    expect(resumed.sdp).not.toMatch(/^a=(sendonly|recvonly|inactive)/m);
    await speakBothWays(caller, answered.sdp, gateway, resumed.sdp, talk.pace);
  });

  test('the gateway may be the one who offers anew', async () => {
    const { talk } = present();
    const { caller } = talk;
    const { gateway } = await agree(talk, 1);

    const toCaller = await talk.offer('b', 1, sdpOf({ at: gateway.at, version: 2, formats: '8' }));
    const toGateway = await talk.answer('a', 1, sdpOf({ at: caller.at, version: 2, formats: '8' }));

    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp, talk.pace);
  });

  test('a late offer: the gateway offers, and the caller answers in its ACK [3264-5]', async () => {
    const { talk } = present();
    const { caller, gateways } = talk;
    const [gateway] = gateways;

    const toCaller = await talk.offer('b', 1, sdpOf({ at: gateway.at }));
    const toGateway = await talk.answer('a', 1, sdpOf({ at: caller.at, formats: '8' }));

    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp, talk.pace);
  });
}

function whoAnswers(present: () => Present): void {
  test('the next gateway answers after early media of the first one', async () => {
    const { anchor, talk } = present();
    const { caller } = talk;
    await agree(talk, 1);

    const { toCaller, toGateway, gateway } = await agree(talk, 2);
    await anchor.abandon(talk.call, 1);

    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp, talk.pace);
  });

  test('the first gateway answers late, while the second one rings', async () => {
    const { anchor, talk } = present();
    const { caller, gateways } = talk;
    const first = await agree(talk, 1);
    await agree(talk, 2);

    const toCaller = await talk.answer('b', 1, sdpOf({ at: gateways[0].at, formats: '8' }));
    await anchor.abandon(talk.call, 2);

    await speakBothWays(caller, toCaller.sdp, gateways[0], first.toGateway.sdp, talk.pace);
  });

  test('another device behind the same gateway answers [3264-6]', async () => {
    const { talk } = present();
    const { caller, gateways } = talk;
    const first = await agree(talk, 1);

    const toCaller = await talk.answer('b', 1, sdpOf({ at: gateways[1].at, formats: '8' }));

    await speakBothWays(caller, toCaller.sdp, gateways[1], first.toGateway.sdp, talk.pace);
  });

  test('an offer that is refused changes nothing [3261-14.1]', async () => {
    const { anchor, talk } = present();
    const { caller, gateways } = talk;
    const { toCaller, toGateway, gateway } = await agree(talk, 1);
    const elsewhere = { at: gateways[1].at, version: 2, more: ['a=inactive'] };
    await talk.offer('a', 1, sdpOf(elsewhere));

    await anchor.restore(talk.call, 1);

    const { packets, everyMs, heardMin } = talk.pace;
    await gateway.speak(toGateway.sdp, packets, everyMs);
    expect(await heardInAll(caller, heardMin)).toBeGreaterThanOrEqual(heardMin);
    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp, talk.pace);
  });
}
