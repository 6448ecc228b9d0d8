import { describe, expect, test } from '@jest/globals';
import {
  decodeFrame,
  encodeFrame,
  FRAME_BYTES_MAX,
  VERSION,
} from '../../../../lib/cluster/links/frame.ts';
import { openFrameReader } from '../../../../lib/cluster/links/frame-reader.ts';

const BEAT = encodeFrame({ kind: 'beat', number: 7 });
const inside = (bytes: Buffer) => bytes.subarray(4);

describe('frames between sites', () => {
  test('that are too long are broken as soon as they say so, and none is written', () => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(FRAME_BYTES_MAX + 1, 0);
    expect(openFrameReader().push(length)).toEqual([{ what: 'broken', why: 'too-long' }]);
    const body = Buffer.alloc(FRAME_BYTES_MAX);
    expect(() => encodeFrame({ kind: 'answer', id: 1, body })).toThrow(/too long/);
    const longest = { kind: 'answer', id: 1, body: body.subarray(6) } as const;
    expect(openFrameReader().push(encodeFrame(longest))).toMatchObject([{ what: 'frame' }]);
  });

  test.each([
    ['nothing at all', Buffer.alloc(0), 'empty'],
    ['version 0', Buffer.of(0, 2, 0, 0, 0, 1), 'version'],
    ['a kind that this version lacks', Buffer.of(VERSION, 9), 'kind'],
    ['a kind 0', Buffer.of(VERSION, 0), 'kind'],
    ['too few fields', Buffer.of(VERSION, 2, 0, 0), 'short'],
    ['too many fields', Buffer.of(VERSION, 2, 0, 0, 0, 1, 0), 'surplus'],
    ['a subject that there is not', Buffer.of(VERSION, 7, 0, 99), 'value'],
    ['a rank that there is not', Buffer.of(VERSION, 7, 4, 0), 'value'],
    ['a reason that there is not', Buffer.of(VERSION, 8, 77), 'value'],
    ['a site number beyond 1023', Buffer.of(VERSION, 1, 1, 4, 0, 0, 1, 0, 0, 0, 0, 0, 1), 'value'],
  ])('of %s are broken', (_, bytes, why) => {
    expect(decodeFrame(bytes)).toEqual({ what: 'broken', why });
  });
});

describe('frames of a newer version', () => {
  const newer = VERSION + 1;

  test('are read as far as they are understood: fields at the end are left', () => {
    const bytes = Buffer.concat([inside(encodeFrame({ kind: 'beat', number: 7 }, newer)), BEAT]);
    expect(decodeFrame(bytes)).toEqual({
      what: 'frame',
      version: newer,
      frame: { kind: 'beat', number: 7 },
    });
  });

  test('of an unknown kind or subject are skipped, and what comes behind is read', () => {
    const strange = [Buffer.of(0, 0, 0, 3, newer, 200, 1), Buffer.of(0, 0, 0, 4, newer, 7, 0, 99)];
    expect(openFrameReader().push(Buffer.concat([...strange, BEAT]))).toEqual([
      { what: 'skipped', version: newer },
      { what: 'skipped', version: newer },
      { what: 'frame', version: VERSION, frame: { kind: 'beat', number: 7 } },
    ]);
  });

  test('that ask for an unknown subject say who waits for an answer', () => {
    const bytes = Buffer.of(newer, 4, 0, 0, 1, 2, 0, 99, 1, 2, 3);
    expect(decodeFrame(bytes)).toEqual({ what: 'strange-ask', version: newer, id: 258 });
  });
});
