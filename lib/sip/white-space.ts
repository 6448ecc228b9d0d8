const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The text between two indexes without white space at its ends. String.trim would also take the
 * byte A0, which ends the UTF-8 form of letters such as `à`. [3261-25.1]
 */
export function trimmed(text: string, from = 0, until = text.length): string {
  let start = from;
  let end = until;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === CR || code === LF;
}
