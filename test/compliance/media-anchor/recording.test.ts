import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { MediaAnchor } from '../../../lib/ports/media-anchor.ts';
import type { Child } from '../../support/child.ts';
import { FREESWITCH_NAME, startFreeswitch } from '../../support/freeswitch.ts';
import { sdpOf } from '../../support/rtp-peer.ts';
import { startRtpengine } from '../../support/rtpengine.ts';
import { type TempFolder, tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';
import { anchorAt, placeAt } from './anchors.ts';
import {
  allUp,
  type FreeswitchSubject,
  freeswitchSubject,
  serverAt,
} from './freeswitch-subject.ts';
import { FACES, MIXED, openTalk, speakBothWays, type Talk, told } from './talk.ts';

jest.setTimeout(60_000);
const LOCAL = '127.23.2.1';
const PLACES = {
  events: { address: '127.23.2.51', port: 8021 },
  sip: { address: '127.23.2.51', port: 5080 },
};
const PLACE = placeAt('127.23.2.11', '127.23.2.21');
/** PCAP's own header and that of each packet, and RTP over UDP with 20 ms of G.711. */
const PCAP_BYTES = 24;
const PACKET_BYTES = 16 + 20 + 8 + 12 + 160;

describe('a call that is to be recorded', () => {
  let folder: TempFolder;
  let daemon: Child;
  let subject: FreeswitchSubject | undefined;
  beforeEach(() => {
    folder = tempFolder('recording');
  });
  afterEach(async () => {
    await subject?.close();
    subject = undefined;
    await daemon.stop();
    folder.remove();
  });

  async function talkAt(anchor: MediaAnchor, isRecorded: true | undefined): Promise<Talk> {
    const talk = await openTalk(anchor, MIXED);
    const { call, caller, gateways } = talk;
    const [gateway] = gateways;
    const offer = { call, attempt: 1, from: 'a', faces: FACES, isRecorded } as const;
    const toGateway = told(await anchor.offer({ ...offer, sdp: sdpOf({ at: caller.at }) }));
    const toCaller = await talk.answer('b', 1, sdpOf({ at: gateway.at, formats: '8' }));
    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp, MIXED);
    await anchor.release(call);
    talk.close();
    return talk;
  }

  test(`is kept by ${FREESWITCH_NAME} in a file of its own, and no other is`, async () => {
    daemon = await startFreeswitch(folder.path, PLACES);
    const server = { ...serverAt(PLACES, LOCAL), recordings: folder.path };
    subject = await freeswitchSubject([server], LOCAL);
    await allUp(subject);

    await talkAt(subject.anchor, undefined);
    const { call } = await talkAt(subject.anchor, true);

    const file = join(folder.path, `${call}.wav`);
    await until('a second of sound', () => sizeOf(file) > 2 * 8000);
    expect(readFileSync(file).toString('latin1', 0, 4)).toBe('RIFF');
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.wav'))).toHaveLength(1);
  });

  test('goes on where FreeSWITCH has no folder for it, and the log says so', async () => {
    daemon = await startFreeswitch(folder.path, PLACES);
    subject = await freeswitchSubject([serverAt(PLACES, LOCAL)], LOCAL);
    await allUp(subject);

    const { call } = await talkAt(subject.anchor, true);

    expect(subject.notices).toContainEqual(
      expect.objectContaining({ event: 'unrecorded', callId: call }),
    );
  });

  test('is kept by rtpengine under the name of the call, both ways', async () => {
    daemon = await startRtpengine(PLACE, folder.path);
    const { anchor } = anchorAt([PLACE]);

    await talkAt(anchor, undefined);
    const { call } = await talkAt(anchor, true);

    const pcaps = () => readdirSync(join(folder.path, 'pcaps'));
    await until('the recording', () => pcaps().length > 0);
    expect(pcaps()).toEqual([expect.stringMatching(/\.pcap$/)]);
    const [name = ''] = pcaps();
    expect(statSync(join(folder.path, 'pcaps', name)).size).toBeGreaterThanOrEqual(
      PCAP_BYTES + 2 * MIXED.packets * PACKET_BYTES,
    );
    const notes = readdirSync(join(folder.path, 'metadata'));
    expect(readFileSync(join(folder.path, 'metadata', notes[0] ?? ''), 'latin1')).toContain(call);
    anchor.close();
  });
});

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
