import { PHASES } from '../../../lib/cluster/claims/claim.ts';
import {
  readClaim,
  readMark,
  writeClaim,
  writeMark,
} from '../../../lib/cluster/claims/claim-text.ts';
import {
  readFound,
  readVerdict,
  writeFound,
  writeVerdict,
} from '../../../lib/cluster/claims/verdict-text.ts';
import {
  type Decoded,
  decodeFrame,
  encodeFrame,
  type Frame,
  VERSION,
} from '../../../lib/cluster/links/frame.ts';
import { openFrameReader } from '../../../lib/cluster/links/frame-reader.ts';
import {
  readAnswer,
  readReturn,
  readStray,
  writeAnswer,
  writeReturn,
  writeStray,
} from '../../../lib/cluster/relay/stray-frame.ts';
import type { Choices } from '../choices.ts';
import { mutated } from '../generators/mutate.ts';
import { must, mustBeSame, type Target } from '../target.ts';

const SUBJECTS = ['claim', 'find', 'held', 'stray', 'send', 'through', 'records'] as const;
const RANKS = ['vital', 'emergency', 'ordinary', 'bulk'] as const;
const LEAVINGS = ['closing', 'surplus', 'version', 'wrong-site', 'old-epoch'] as const;
const DIGEST_CHARS = 44;

/** What sites say to each other, right and wrong. */
export const FRAMES: Target = {
  name: 'frames',
  share: 7500,
  run(choices) {
    choices.pick([stream, frame, stray, claims])(choices);
  },
};

const octets = (text: string) => Buffer.from(text, 'latin1');

function someFrame(choices: Choices): Frame {
  const id = choices.below(2 ** 32);
  const rank = choices.pick(RANKS);
  const subject = choices.pick(SUBJECTS);
  const body = octets(choices.octets(60));
  return choices.pick<Frame>([
    { kind: 'beat', number: id },
    {
      kind: 'hello',
      oldest: choices.below(256),
      from: choices.below(1024),
      to: choices.below(1024),
      epoch: choices.below(32 ** 7),
    },
    { kind: 'echo', number: id },
    { kind: 'ask', id, rank, subject, body },
    { kind: 'answer', id, body },
    { kind: 'pass', id },
    { kind: 'tell', rank, subject, body },
    { kind: 'leave', why: choices.pick(LEAVINGS) },
  ]);
}

/** Pieces of any size, of frames or of anything, come to the same. */
function stream(choices: Choices): void {
  const frames = choices.list(5, () => someFrame(choices));
  const right = Buffer.concat(frames.map((one) => encodeFrame(one)));
  const isRight = choices.chance(0.4);
  const bytes = isRight ? right : octets(mutated(choices, right.toString('latin1')));
  choices.shown = bytes;
  const whole = openFrameReader().push(bytes);
  if (isRight) mustBeSame(whole, frames.map(asDecoded), 'frames come out as they went in');
  const reader = openFrameReader();
  const found: Decoded[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + choices.below(12);
    found.push(...reader.push(bytes.subarray(at, at + size)));
    at += size;
  }
  mustBeSame(found, whole, 'other pieces, other frames');
  const broken = found.findIndex(({ what }) => what === 'broken');
  if (broken < 0) return;
  mustBeSame(broken, found.length - 1, 'something comes after what is broken');
  mustBeSame(reader.push(encodeFrame({ kind: 'beat', number: 7 })), [], 'a broken link goes on');
}

const asDecoded = (one: Frame): Decoded => ({ what: 'frame', version: VERSION, frame: one });

/** One frame that was changed, for a reader of this version or another. */
function frame(choices: Choices): void {
  const right = encodeFrame(someFrame(choices)).subarray(4);
  const bytes = octets(mutated(choices, right.toString('latin1')));
  choices.shown = bytes;
  const read = decodeFrame(bytes, choices.pick([VERSION, 1, 255]));
  if (read.what !== 'frame') return;
  const again = decodeFrame(encodeFrame(read.frame).subarray(4));
  mustBeSame(again, asDecoded(read.frame), 'a frame that was read and written');
}

function stray(choices: Choices): void {
  const address = () => ({
    address: choices.pick(['192.0.2.7', '::1']),
    port: choices.below(65536),
  });
  const right = writeStray({
    number: choices.below(2 ** 32),
    source: address(),
    transport: choices.pick(['udp', 'tcp', 'tls']),
    listener: { ...address(), role: choices.pick(['anycast', 'unicast', 'gateway']) },
    raw: octets(`x${choices.octets(40)}`),
    emergency: choices.chance(0.5),
  });
  must(readStray(right) !== undefined, 'a right stray is none', right.toString('latin1'));
  const bytes = octets(mutated(choices, right.toString('latin1')));
  choices.shown = bytes;
  const read = readStray(bytes);
  if (read !== undefined) mustBeSame(readStray(writeStray(read)), read, 'a stray');
  const answer = readAnswer(bytes);
  mustBeSame(readAnswer(writeAnswer(answer)), answer, 'an answer');
  const back = readReturn(bytes);
  if (back !== undefined) mustBeSame(readReturn(writeReturn(back)), back, 'what goes back');
}

function claims(choices: Choices): void {
  const digest = () => choices.word(1, 'abcXYZ+/').repeat(DIGEST_CHARS);
  const right = JSON.stringify([
    digest(),
    choices.below(1024),
    choices.below(2 ** 31),
    choices.below(99),
    [digest(), ...choices.list(7, digest)],
    digest(),
    choices.chance(0.5),
    choices.pick(PHASES),
  ]);
  must(readClaim(right) !== undefined, 'a right claim is none', right);
  const text = mutated(choices, right);
  choices.shown = text;
  const claim = readClaim(text);
  if (claim !== undefined) mustBeSame(readClaim(writeClaim(claim)), claim, 'a claim');
  mustBeSame(readFound(writeFound(claim)), claim, 'what was found');
  const mark = readMark(text);
  if (mark !== undefined) mustBeSame(readMark(writeMark(mark)), mark, 'a mark');
  const word = choices.pick(['joined', 'retransmission', 'tombstone', 'new', 'found', text]);
  const verdict = readVerdict(`${word} ${text}`);
  mustBeSame(readVerdict(writeVerdict(verdict)), verdict, 'a verdict');
}
