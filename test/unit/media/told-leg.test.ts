import { beforeEach, describe, expect, test } from '@jest/globals';
import { newToldLeg, type ToldLeg, tell } from '../../../lib/media/told-leg.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const sdp = (lines: readonly string[], origin = 'o=gw 1 1 IN IP4 10.0.1.31') =>
  ['v=0', origin, 's=-', ...lines, ''].join('\r\n');
const AUDIO = ['c=IN IP4 10.0.0.11', 't=0 0', 'm=audio 30000 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000'];

describe('what a leg is told', () => {
  let leg: ToldLeg;
  beforeEach(() => {
    leg = newToldLeg(new VirtualWorld(1).world);
  });
  const originOf = (text: string) => text.split('\r\n')[1];

  test('bears an origin of ours at the address that it had', () => {
    const told = tell(leg, sdp(AUDIO));

    expect(originOf(told.sdp)).toBe(`o=- ${leg.sessionId} 1800000000 IN IP4 10.0.1.31`);
    expect(told.sdp.replace(/o=.*\r\n/, '')).toBe(sdp(AUDIO).replace(/o=.*\r\n/, ''));
    expect(told.stands).toBe(false);
  });

  test('has another version when it is another SDP, whatever the far end calls it [3264-8]', () => {
    const first = tell(leg, sdp(AUDIO));
    const same = tell(leg, sdp(AUDIO, 'o=other 5 9 IN IP4 10.0.1.31'));
    const other = tell(leg, sdp([...AUDIO, 'a=ptime:30']));

    expect(same.sdp).toBe(first.sdp);
    expect(originOf(other.sdp)).toBe(`o=- ${leg.sessionId} 1800000001 IN IP4 10.0.1.31`);
  });

  test.each([
    ['another order and what is not of the way', [...AUDIO.toReversed(), 'a=ptime:30'], true],
    ['another port', AUDIO.map((line) => line.replace('30000', '30002')), false],
    ['another address', AUDIO.map((line) => line.replace('0.11', '0.12')), false],
    ['another format', AUDIO.map((line) => line.replace('AVP 8', 'AVP 0')), false],
    ['another direction', [...AUDIO, 'a=sendonly'], false],
    ['another key', [...AUDIO, 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x'], false],
  ])('%s: what it was told before stands or not', (_, lines, stands) => {
    tell(leg, sdp(AUDIO));

    expect(tell(leg, sdp(lines)).stands).toBe(stands);
  });

  test('line ends of any kind end lines, and no origin is no reason to fail', () => {
    expect(tell(leg, 'v=0\ns=-\rm=audio 1 RTP/AVP 0').sdp).toBe(
      'v=0\r\ns=-\r\nm=audio 1 RTP/AVP 0\r\n',
    );
  });
});
