import { describe, expect, test } from '@jest/globals';
import {
  directionOf,
  heardOf,
  isNowhere,
  isSameWay,
  shownTo,
  whyUnusable,
} from '../../../../lib/media/freeswitch/audio-sdp.ts';
import { unheard } from '../../../../lib/media/freeswitch/unheard.ts';

const sdp = (...lines: string[]) =>
  ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', ...lines]
    .map((line) => `${line}\r\n`)
    .join('');
const AUDIO = ['m=audio 4000 RTP/AVP 8 0', 'a=rtpmap:8 PCMA/8000'];
const VIDEO = ['m=video 4002 RTP/AVP 96', 'a=rtpmap:96 H264/90000'];
const OWN = sdp('m=audio 30000 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000', 'a=sendrecv');

describe('what FreeSWITCH hears of an SDP', () => {
  test('is the first audio that is not refused, and not who speaks', () => {
    const both = sdp('m=audio 0 RTP/AVP 8', ...VIDEO, ...AUDIO, 'a=sendonly');

    expect(heardOf(both)).toBe(sdp(...AUDIO));
  });

  test('is the same as long as it leads to the same place by the same means', () => {
    const before = sdp(...AUDIO);

    expect(isSameWay(before, sdp(...AUDIO, 'a=recvonly'))).toBe(true);
    expect(isSameWay(before, before.replace('o=- 1 1', 'o=- 1 2'))).toBe(true);
    expect(isSameWay(before, before.replace('4000', '4004'))).toBe(false);
    expect(isSameWay(before, before.replace('c=IN IP4 192.0.2.1', 'c=IN IP4 192.0.2.2'))).toBe(
      false,
    );
    expect(isSameWay(before, before.replace('8 0', '0 8'))).toBe(false);
  });

  test('is nothing where there is no audio, or where it is protected', () => {
    expect(whyUnusable(sdp(...AUDIO))).toBeUndefined();
    expect(whyUnusable(sdp(...VIDEO))).toBe('it has no audio');
    expect(whyUnusable(sdp('m=audio 0 RTP/AVP 8'))).toBe('it has no audio');
    expect(whyUnusable(sdp('m=audio 4000 RTP/SAVP 8'))).toBe('RTP/SAVP is not plain RTP');
  });
});

describe('who speaks', () => {
  test('is said of the audio, else of the whole session, else everybody does', () => {
    expect(directionOf(sdp('a=inactive', ...AUDIO, 'a=sendonly'))).toBe('sendonly');
    expect(directionOf(sdp('a=inactive', ...AUDIO))).toBe('inactive');
    expect(directionOf(sdp(...AUDIO, ...VIDEO, 'a=recvonly'))).toBe('sendrecv');
  });

  test('an address of zeros holds, as it did before there were directions [3264-8.4]', () => {
    const held = sdp(...AUDIO).replace('c=IN IP4 192.0.2.1', 'c=IN IP4 0.0.0.0');

    expect(isNowhere(held)).toBe(true);
    expect(directionOf(held)).toBe('sendonly');
    expect(isNowhere(sdp('m=audio 4000 RTP/AVP 8', 'c=IN IP4 0.0.0.0'))).toBe(true);
  });
});

describe('what a leg is shown', () => {
  test('has as many lines as the leg has named, and the others are refused [3264-6] [3264-8]', () => {
    const heard = sdp(...VIDEO, 'm=audio 0 RTP/AVP 8', ...AUDIO);

    const shown = shownTo(OWN, heard, 'recvonly');

    expect(shown.match(/^m=.*/gm)).toEqual([
      'm=video 0 RTP/AVP 96',
      'm=audio 0 RTP/AVP 8',
      'm=audio 30000 RTP/AVP 8',
    ]);
    expect(shown).toContain('a=recvonly\r\n');
    expect(shown).not.toContain('a=sendrecv');
  });

  test('is the audio alone where the leg has said nothing yet', () => {
    const offer = OWN.replace('m=audio', 'm=audio 30000 RTP/SAVP 8\r\nm=audio');

    expect(shownTo(offer, undefined, 'sendrecv').match(/^m=.*/gm)).toEqual([
      'm=audio 30000 RTP/AVP 8',
    ]);
  });
});

test('what is answered before anybody is there moves nothing [3264-6.1]', () => {
  const answer = unheard(
    sdp(...AUDIO, 'a=sendrecv', 'a=candidate:1 1 UDP 1 192.0.2.1 4000 typ host', ...VIDEO),
  );

  expect(answer.split('\r\n').slice(3)).toEqual([
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=inactive',
    'm=audio 9 RTP/AVP 8 0',
    'a=rtpmap:8 PCMA/8000',
    'm=video 0 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    '',
  ]);
});
