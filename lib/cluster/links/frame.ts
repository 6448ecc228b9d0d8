import { never } from '../../base/never.ts';
import type { Rank, Subject } from '../../ports/peer-links.ts';
import { EPOCH_MAX, SITE_MAX } from '../../sip/owner-token.ts';

/** Spoken here. The version before it is spoken too, and a newer one as far as it is understood. */
export const VERSION = 2;
export const VERSION_OLDEST = 1;
/** All that follows the length: a SIP message of the largest size, and what is said of it. */
export const FRAME_BYTES_MAX = 70_000;

/** Why a site ends a link that works. */
export type Leaving = 'closing' | 'surplus' | 'version' | 'wrong-site' | 'old-epoch';

export type Frame =
  /** The first one on a link, in either direction. */
  | {
      readonly kind: 'hello';
      readonly oldest: number;
      readonly from: number;
      readonly to: number;
      readonly epoch: number;
    }
  | { readonly kind: 'beat'; readonly number: number }
  | { readonly kind: 'echo'; readonly number: number }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly rank: Rank;
      readonly subject: Subject;
      readonly body: Buffer;
    }
  | { readonly kind: 'answer'; readonly id: number; readonly body: Buffer }
  /** What was asked is not understood there. */
  | { readonly kind: 'pass'; readonly id: number }
  | {
      readonly kind: 'tell';
      readonly rank: Rank;
      readonly subject: Subject;
      readonly body: Buffer;
    }
  | { readonly kind: 'leave'; readonly why: Leaving };

/** The bytes of one frame are these, or why they are none. */
export type Decoded =
  | { readonly what: 'frame'; readonly version: number; readonly frame: Frame }
  /** Of a newer version, and nothing that this one needs. */
  | { readonly what: 'skipped'; readonly version: number }
  /** Of a newer version, and an answer is waited for. */
  | { readonly what: 'strange-ask'; readonly version: number; readonly id: number }
  | { readonly what: 'broken'; readonly why: Breakage };

export type Breakage = 'empty' | 'too-long' | 'version' | 'kind' | 'short' | 'surplus' | 'value';

// The place in a list is the number on the wire: lists only grow at their ends.
const KINDS: readonly Frame['kind'][] = [
  'hello',
  'beat',
  'echo',
  'ask',
  'answer',
  'pass',
  'tell',
  'leave',
];
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

/** The version that first spoke of it; who speaks an older one takes its frame for a broken one. */
const SINCE: Readonly<Partial<Record<Subject | Rank, number>>> = {
  through: 2,
  records: 2,
  bulk: 2,
};

const LENGTH_BYTES = 4;
const HEAD_BYTES = 2;
const EPOCH_BYTES = 6;
const NOTHING = Buffer.alloc(0);
/** What the fields of each kind take, without a body and what a newer version adds. */
const FIELDS_BYTES: Readonly<Record<Frame['kind'], number>> = {
  hello: 5 + EPOCH_BYTES,
  beat: 4,
  echo: 4,
  ask: 6,
  answer: 4,
  pass: 4,
  tell: 2,
  leave: 1,
};

/**
 * Length (32 bits), version (8), kind (8), then the fields of that kind, the body last. A version
 * may add kinds, subjects and fields at the end; it changes nothing that is there.
 */
export function encodeFrame(frame: Frame, version = VERSION): Buffer {
  const body = 'body' in frame ? frame.body : NOTHING;
  const length = HEAD_BYTES + FIELDS_BYTES[frame.kind] + body.length;
  if (length > FRAME_BYTES_MAX) throw new Error(`a frame of ${length} bytes is too long`);
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + length);
  bytes.writeUInt32BE(length, 0);
  bytes[LENGTH_BYTES] = version;
  bytes[LENGTH_BYTES + 1] = KINDS.indexOf(frame.kind) + 1;
  writeFields(frame, bytes, LENGTH_BYTES + HEAD_BYTES);
  bytes.set(body, bytes.length - body.length);
  return bytes;
}

/** Whether a site of that version understands what is asked or told. */
export function isSpoken(
  { subject, rank }: { readonly subject: Subject; readonly rank: Rank },
  version: number,
): boolean {
  return Math.max(SINCE[subject] ?? VERSION_OLDEST, SINCE[rank] ?? VERSION_OLDEST) <= version;
}

function writeFields(frame: Frame, bytes: Buffer, at: number): void {
  switch (frame.kind) {
    case 'hello':
      bytes[at] = frame.oldest;
      bytes.writeUInt16BE(frame.from, at + 1);
      bytes.writeUInt16BE(frame.to, at + 3);
      bytes.writeUIntBE(frame.epoch, at + 5, EPOCH_BYTES);
      return;
    case 'beat':
    case 'echo':
      bytes.writeUInt32BE(frame.number, at);
      return;
    case 'ask':
      bytes.writeUInt32BE(frame.id, at);
      bytes[at + 4] = RANKS.indexOf(frame.rank);
      bytes[at + 5] = SUBJECTS.indexOf(frame.subject);
      return;
    case 'answer':
    case 'pass':
      bytes.writeUInt32BE(frame.id, at);
      return;
    case 'tell':
      bytes[at] = RANKS.indexOf(frame.rank);
      bytes[at + 1] = SUBJECTS.indexOf(frame.subject);
      return;
    case 'leave':
      bytes[at] = LEAVINGS.indexOf(frame.why);
      return;
    default:
      never(frame);
  }
}

/** Reads what follows the length. It never throws, whatever the bytes are. */
export function decodeFrame(bytes: Buffer, own = VERSION): Decoded {
  const version = bytes[0];
  const number = bytes[1];
  if (version === undefined || number === undefined) return broken('empty');
  if (version < VERSION_OLDEST) return broken('version');
  const isNewer = version > own;
  const kind = KINDS[number - 1];
  if (kind === undefined) return isNewer ? { what: 'skipped', version } : broken('kind');
  const fields = bytes.subarray(HEAD_BYTES);
  if (fields.length < FIELDS_BYTES[kind]) return broken('short');
  const isBare = kind !== 'ask' && kind !== 'answer' && kind !== 'tell';
  if (isBare && fields.length > FIELDS_BYTES[kind] && !isNewer) return broken('surplus');
  const frame = frameOf(kind, fields);
  if (frame !== undefined) return { what: 'frame', version, frame };
  if (!isNewer) return broken('value');
  if (kind !== 'ask') return { what: 'skipped', version };
  return { what: 'strange-ask', version, id: fields.readUInt32BE(0) };
}

const broken = (why: Breakage) => ({ what: 'broken', why }) as const;

/** Undefined: a field has a value that stands for nothing. The fields are long enough. */
function frameOf(kind: Frame['kind'], fields: Buffer): Frame | undefined {
  switch (kind) {
    case 'hello':
      return helloOf(fields);
    case 'beat':
    case 'echo':
      return { kind, number: fields.readUInt32BE(0) };
    case 'ask': {
      const rank = RANKS[fields.readUInt8(4)];
      const subject = SUBJECTS[fields.readUInt8(5)];
      if (rank === undefined || subject === undefined) return undefined;
      return { kind, id: fields.readUInt32BE(0), rank, subject, body: fields.subarray(6) };
    }
    case 'answer':
      return { kind, id: fields.readUInt32BE(0), body: fields.subarray(4) };
    case 'pass':
      return { kind, id: fields.readUInt32BE(0) };
    case 'tell': {
      const rank = RANKS[fields.readUInt8(0)];
      const subject = SUBJECTS[fields.readUInt8(1)];
      if (rank === undefined || subject === undefined) return undefined;
      return { kind, rank, subject, body: fields.subarray(2) };
    }
    case 'leave': {
      const why = LEAVINGS[fields.readUInt8(0)];
      return why === undefined ? undefined : { kind, why };
    }
  }
}

function helloOf(fields: Buffer): Frame | undefined {
  const oldest = fields.readUInt8(0);
  const from = fields.readUInt16BE(1);
  const to = fields.readUInt16BE(3);
  const epoch = fields.readUIntBE(5, EPOCH_BYTES);
  if (from > SITE_MAX || to > SITE_MAX || epoch > EPOCH_MAX) return undefined;
  return { kind: 'hello', oldest, from, to, epoch };
}
