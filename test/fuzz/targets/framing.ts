import {
  type Framed,
  type Framing,
  openFraming,
} from '../../../lib/engine/builtin/proto/framing.ts';
import { MESSAGE_BYTES_MAX } from '../../../lib/sip/parse.ts';
import type { Choices } from '../choices.ts';
import { message, written } from '../generators/messages.ts';
import { mutated, swollen } from '../generators/mutate.ts';
import { must, mustBeSame, type Target } from '../target.ts';

/** Bytes of a stream, in pieces of any size. */
export const FRAMING: Target = {
  name: 'framing',
  share: 9000,
  run(choices) {
    const pieces = choices.list(4, () => piece(choices));
    const stream = Buffer.from(pieces.join(''), 'latin1');
    const bytesMax = choices.pick([MESSAGE_BYTES_MAX, 300, 40]);
    choices.shown = stream;
    const whole = openFraming(bytesMax).push(stream).map(inWords);
    const framing = openFraming(bytesMax);
    const found = inPieces(choices, framing, stream, bytesMax);
    mustBeSame(found, whole, 'other pieces, other messages');
    must(found.length <= stream.length, 'more messages than bytes');
    endsAfterBroken(found, framing.push.bind(framing));
  },
};

/** What comes out; on the way nothing more than one message waits inside. */
function inPieces(choices: Choices, framing: Framing, stream: Buffer, bytesMax: number): string[] {
  const sizeMax = choices.pick(stream.length > 3000 ? [1460, 9000] : [3, 40, 1460]);
  const found: string[] = [];
  let inside = 0;
  for (let at = 0; at < stream.length; ) {
    const size = 1 + choices.below(sizeMax);
    const chunk = Buffer.from(stream.subarray(at, at + size));
    const framed = framing.push(chunk);
    found.push(...framed.map(inWords));
    const isBroken = framed.some(({ what }) => what === 'broken');
    if (isBroken) break;
    // What stands between messages is not kept, and counts as kept here.
    for (const code of chunk) if (code > 0x20) inside += 1;
    inside -= framed.reduce((sum, one) => sum + inkIn(one), 0);
    must(inside <= bytesMax, 'it holds more than a message', inside);
    // Whoever owns the chunk may write on into it.
    chunk.fill(0x58);
    at += size;
  }
  return found;
}

function piece(choices: Choices): string {
  return choices.pick([
    () => '\r\n\r\n',
    () => written(message(choices)),
    () => mutated(choices, written(message(choices))),
    () => choices.octets(60),
    () =>
      choices.pick(['\r\n', '\n', ' ', '\0', '\r\n\r\n\r\n', '\n\n', 'l:3\n\nabc', 'l : -1\n\n']),
    () => (choices.chance(0.02) ? swollen(choices, written(message(choices))) : '\r\n'),
  ])();
}

function inWords(framed: Framed): string {
  switch (framed.what) {
    case 'message':
      return framed.bytes.toString('latin1');
    case 'ping':
      return 'ping';
    case 'broken':
      return `broken ${framed.why} ${framed.head?.toString('latin1') ?? 'headless'}`;
  }
}

/** Bytes that are no white space. */
function inkIn(framed: Framed): number {
  if (framed.what !== 'message') return 0;
  return framed.bytes.reduce((count, code) => (code > 0x20 ? count + 1 : count), 0);
}

function endsAfterBroken(found: readonly string[], push: (chunk: Buffer) => readonly Framed[]) {
  const broken = found.findIndex((one) => one.startsWith('broken '));
  if (broken < 0) return;
  mustBeSame(broken, found.length - 1, 'something comes after what is broken');
  mustBeSame(push(Buffer.from('\r\n\r\n')), [], 'a broken stream goes on');
}
