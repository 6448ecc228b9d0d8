import type { Choices } from '../choices.ts';
import { headerLine } from './values.ts';

/** What readers of SIP stumble over. */
const PIECES = [
  ['\r\n', '\n', '\r', '\0', ' ', '\t', ':', ';', ',', '"', '\\', '<', '>', '=', '@', '/', '%'],
  ['\xff\xfe', '\xc3(', '\xed\xa0\x80', '\r\n\r\n', '\r\n ', 'SIP/2.0', '--', '[', ']', '*'],
  ['tag=', ';branch=', 'Content-Length: ', '99999999999999999999', '-1', '%00', '%', '\x7f'],
].flat();

/** The text changed in one to six places; most of the time it is still a message. */
export function mutated(choices: Choices, text: string): string {
  let changed = text;
  for (let left = 1 + choices.below(6); left > 0; left -= 1) changed = mutate(choices, changed);
  return changed;
}

function mutate(choices: Choices, text: string): string {
  const at = choices.below(text.length + 1);
  const until = at + choices.below(choices.pick([1, 4, 30, 300]));
  return choices.pick<() => string>([
    () => `${text.slice(0, at)}${choices.pick(PIECES)}${text.slice(at)}`,
    () => `${text.slice(0, at)}${choices.pick(PIECES)}${text.slice(until)}`,
    () => `${text.slice(0, at)}${text.slice(until)}`,
    () => `${text.slice(0, at)}${text.slice(at, until).repeat(3)}${text.slice(until)}`,
    () => `${text.slice(0, at)}${choices.octets(8)}${text.slice(until)}`,
    () => text.slice(0, at),
    () => withLines(choices, text),
    () => text.replace(/(?<=content-length:) *\d+/i, choices.pick(LENGTHS)),
    () => text.replaceAll('\r\n', choices.pick(['\n', '\r', '\r\n ', '\r\r\n'])),
  ])();
}

const LENGTHS = ['0', '1', '65536', '-1', 'abc', '', '1e3', '18446744073709551616', ' 3 3', '0x5'];

/** A line left out, put in once more, moved, or made up. */
function withLines(choices: Choices, text: string): string {
  const lines = text.split('\r\n');
  const at = choices.below(lines.length);
  const line = lines[at] ?? '';
  const to = choices.below(lines.length);
  return choices
    .pick<() => readonly string[]>([
      () => lines.toSpliced(at, 1),
      () => lines.toSpliced(to, 0, line),
      () => lines.toSpliced(at, 1).toSpliced(to, 0, line),
      () => lines.toSpliced(to, 0, headerLine(choices).join(choices.pick([': ', ':', ' : ', '']))),
      () => lines.toSpliced(at, 1, line.replace(':', choices.pick([' :', '\t:', '::', '']))),
    ])()
    .join('\r\n');
}

const ONE_TOO_MANY = [
  ['\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx', '\r\nX: y', '\r\n folded'],
  ['"', '<', '>', ',', ';', '\\', '=', '<,', '"<', ';"', '(', '@', '%41', ' ', '\t', '\0'],
].flat();

/** A message with far too much of one thing; it grows without changing its kind. */
export function swollen(choices: Choices, text: string): string {
  const count = choices.pick([300, 3000, 10_000]);
  const blankAt = text.indexOf('\r\n\r\n');
  const head = text.slice(0, Math.max(blankAt, 0));
  const rest = text.slice(Math.max(blankAt, 0));
  const piece = choices.pick(ONE_TOO_MANY);
  return `${head}${piece.repeat(Math.min(count, Math.floor(65_000 / piece.length)))}${rest}`;
}
