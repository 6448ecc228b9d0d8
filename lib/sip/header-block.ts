import { headerName } from './header-names.ts';
import type { Header, Oddity } from './message.ts';
import { trimmed } from './white-space.ts';

/** A message with more lines is a fault. */
export const HEADER_LINES_MAX = 256;

const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

export type HeaderBlock = {
  readonly headers: readonly Header[];
  readonly oddities: Oddity[];
  /** Where the body begins. */
  readonly bodyAt: number;
  readonly tooMany: boolean;
};

/**
 * Reads header lines up to the empty line. What is no header line is dropped and noted; of a header
 * that can stand only once the first counts. [3261-7.3.1]
 */
export function readHeaderBlock(text: string, from: number): HeaderBlock {
  const headers: Header[] = [];
  const oddities: Oddity[] = [];
  let seen = 0;
  let at = from;
  for (let lines = 0; at < text.length; lines += 1) {
    const end = lineEnd(text, at);
    if (isEmpty(text, at, end)) {
      const bodyAt = Math.min(end + 1, text.length);
      return { headers, oddities, bodyAt, tooMany: false };
    }
    if (lines === HEADER_LINES_MAX) return { headers, oddities, bodyAt: at, tooMany: true };
    const folded = isFolded(text, end + 1);
    const stop = folded ? foldedEnd(text, end) : end;
    const colon = text.indexOf(':', at);
    const name = colon < 0 || colon >= stop ? undefined : headerName(trimmed(text, at, colon));
    if (name === undefined) {
      oddities.push(colon < 0 || colon >= stop ? 'junk-line' : 'bad-header-name');
    } else if ((seen & name.single) !== 0) {
      oddities.push('duplicate-header');
    } else {
      seen |= name.single;
      const value = trimmed(text, colon + 1, stop);
      headers.push({
        name: name.name,
        written: name.written,
        value: folded ? unfolded(value) : value,
      });
    }
    at = stop + 1;
  }
  oddities.push('no-blank-line');
  return { headers, oddities, bodyAt: text.length, tooMany: false };
}

function isEmpty(text: string, at: number, end: number): boolean {
  return end === at || (end === at + 1 && text.charCodeAt(at) === CR);
}

/** Each line break with the white space around it is one space. [3261-7.3.1] */
function unfolded(value: string): string {
  const lines = value.split('\n').map((line) => trimmed(line));
  return lines.filter((line) => line !== '').join(' ');
}

function isFolded(text: string, nextLine: number): boolean {
  const code = text.charCodeAt(nextLine);
  return code === SPACE || code === TAB;
}

function foldedEnd(text: string, firstEnd: number): number {
  let end = firstEnd;
  while (isFolded(text, end + 1)) end = lineEnd(text, end + 1);
  return end;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
