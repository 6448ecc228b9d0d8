import { describe, expect, test } from '@jest/globals';
import {
  type Decoded,
  decodeFrame,
  encodeFrame,
  FRAME_BYTES_MAX,
  type Frame,
  type Leaving,
  VERSION,
} from '../../../../lib/cluster/links/frame.ts';
import { openFrameReader } from '../../../../lib/cluster/links/frame-reader.ts';
import type { Rank, Subject } from '../../../../lib/ports/peer-links.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

const SEED = 20_261_126;
const SUBJECTS: readonly Subject[] = [
  'claim',
  'find',
  'held',
  'stray',
  'send',
  'through',
  'records',
];
const RANKS: readonly Rank[] = ['vital', 'emergency', 'ordinary', 'bulk'];
const LEAVINGS: readonly Leaving[] = ['closing', 'surplus', 'version', 'wrong-site', 'old-epoch'];

type Random = () => number;
const upTo = (random: Random, max: number) => Math.floor(random() * (max + 1));
const pick = <T>(random: Random, from: readonly T[]): T => {
  const found = from[upTo(random, from.length - 1)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};
const someBytes = (random: Random, max: number) =>
  Buffer.from(Array.from({ length: upTo(random, max) }, () => upTo(random, 255)));

function someFrame(random: Random): Frame {
  const id = upTo(random, 2 ** 32 - 1);
  const said = {
    rank: pick(random, RANKS),
    subject: pick(random, SUBJECTS),
    body: someBytes(random, 300),
  };
  return pick<Frame>(random, [
    {
      kind: 'hello',
      oldest: upTo(random, 255),
      from: upTo(random, 1023),
      to: upTo(random, 1023),
      epoch: upTo(random, 32 ** 7 - 1),
    },
    { kind: 'beat', number: id },
    { kind: 'echo', number: id },
    { kind: 'ask', id, ...said },
    { kind: 'answer', id, body: said.body },
    { kind: 'pass', id },
    { kind: 'tell', ...said },
    { kind: 'leave', why: pick(random, LEAVINGS) },
  ]);
}

/** Hands bytes over in pieces of any size. */
function inPieces(random: Random, bytes: Buffer, reader = openFrameReader()): Decoded[] {
  const found: Decoded[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + upTo(random, 40);
    found.push(...reader.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return found;
}

const BEAT = encodeFrame({ kind: 'beat', number: 7 });
const inside = (bytes: Buffer) => bytes.subarray(4);

describe('frames between sites', () => {
  test(`come out as they went in, whatever the pieces (seed ${SEED})`, () => {
    const { random } = new VirtualWorld(SEED);
    for (let round = 0; round < 200; round += 1) {
      const frames = Array.from({ length: upTo(random, 8) }, () => someFrame(random));
      const bytes = Buffer.concat(frames.map((frame) => encodeFrame(frame)));
      expect(inPieces(random, bytes)).toEqual(
        frames.map((frame) => ({ what: 'frame', version: VERSION, frame })),
      );
    }
  });

  test('cut off anywhere wait for their rest, or are broken, and never throw', () => {
    const { random } = new VirtualWorld(SEED);
    for (let round = 0; round < 60; round += 1) {
      const whole = encodeFrame(someFrame(random));
      for (let length = 0; length < Math.min(whole.length, 30); length += 1) {
        expect(openFrameReader().push(whole.subarray(0, length))).toEqual([]);
        const { what } = decodeFrame(inside(whole).subarray(0, length));
        expect(['broken', 'frame']).toContain(what);
      }
    }
  });

  test(`of garbage are broken or mean something, and nothing throws (seed ${SEED})`, () => {
    const { random } = new VirtualWorld(SEED);
    for (let round = 0; round < 3000; round += 1) {
      const garbage = someBytes(random, 40);
      expect(decodeFrame(garbage).what).toMatch(/^(frame|skipped|strange-ask|broken)$/);
      const reader = openFrameReader();
      const found = inPieces(random, garbage, reader);
      const broken = found.findIndex(({ what }) => what === 'broken');
      expect(broken === -1 || broken === found.length - 1).toBe(true);
      if (broken !== -1) expect(reader.push(BEAT)).toEqual([]);
    }
  });

  test('with one byte changed never throw', () => {
    const { random } = new VirtualWorld(SEED);
    for (let round = 0; round < 2000; round += 1) {
      const bytes = encodeFrame(someFrame(random));
      bytes[upTo(random, bytes.length - 1)] = upTo(random, 255);
      inPieces(random, bytes);
    }
  });

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
