import { describe, expect, test } from '@jest/globals';
import { readStatistics } from '../../../../lib/media/rtpengine/statistics.ts';

const PARTIES = { a: 'a', b: 'b2' };
const NOTHING = {
  packets: 0,
  octets: 0,
  lastAt: undefined,
  lost: undefined,
  jitterMs: undefined,
  mos: undefined,
};

const stream = (kind: string, packets: number, ssrc?: number) => ({
  'local port': 30_000,
  'last packet': 1_795_664_936,
  flags: [kind, 'filled', 'confirmed'],
  SSRC: ssrc,
  stats: { packets, bytes: packets * 172, errors: 0 },
});

const party = (...streams: readonly object[]) => ({
  tag: 'a',
  medias: streams.map((one) => ({ index: 1, type: 'audio', streams: [one, stream('RTCP', 9)] })),
});

describe('what an rtpengine counted', () => {
  test('is the RTP of all lines of a leg, and the worst that was reported of it', () => {
    const reply = {
      tags: {
        a: party(stream('RTP', 100, 7), stream('RTP', 11, 8)),
        b1: party(stream('RTP', 5)),
        b2: party(stream('RTP', 0)),
      },
      SSRC: {
        '7': { 'cumulative loss': 3, 'average MOS': { MOS: 43, jitter: 2, samples: 4 } },
        '8': { 'cumulative loss': 1, 'average MOS': { MOS: 0, jitter: 5, samples: 1 } },
      },
      result: 'ok',
    };

    expect(readStatistics(reply, PARTIES)).toEqual({
      a: {
        packets: 111,
        octets: 111 * 172,
        lastAt: 1_795_664_936_000,
        lost: 3,
        jitterMs: 5,
        mos: 4.3,
      },
      b: NOTHING,
    });
  });

  test.each([
    {},
    { tags: [], SSRC: 1 },
    { tags: { a: null, b2: { medias: [1, { streams: 'x' }, { streams: [{ flags: ['RTP'] }] }] } } },
    { tags: { a: { medias: [{ streams: [{ flags: ['RTP'], stats: { packets: 'many' } }] }] } } },
  ])('is nothing where it says nothing: %j', (reply) => {
    expect(readStatistics(reply, PARTIES)).toEqual({ a: NOTHING, b: NOTHING });
  });
});
