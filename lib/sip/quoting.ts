import { trimmed } from './white-space.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LESS = 0x3c;

/** Index just behind the quoted string that opens at `at`; -1 when it never closes. [3261-25.1] */
export function afterQuoted(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index += 1;
    else if (code === QUOTE) return index + 1;
  }
  return -1;
}

/** A text as a quoted string, which `"` and `\` cannot leave. [3261-25.1] */
export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** What is known not to close is not looked for again: each scan of a list stays linear. */
type Closing = { quotes: boolean; brackets: boolean };

/**
 * The elements of a comma-separated list, trimmed; empty ones are left out. A quote or bracket that
 * never closes counts as an ordinary character, so that the rest is not lost. [3261-7.3.1]
 */
export function splitList(value: string): string[] {
  const elements: string[] = [];
  const closing = { quotes: true, brackets: true };
  for (let at = 0; at <= value.length; ) {
    const end = elementEnd(value, at, closing);
    const element = trimmed(value, at, end);
    if (element !== '') elements.push(element);
    at = end + 1;
  }
  return elements;
}

function elementEnd(value: string, at: number, closing: Closing): number {
  if (value.indexOf(',', at) < 0) return value.length;
  for (let index = at; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code === COMMA) return index;
    if (code === QUOTE && closing.quotes) {
      const after = afterQuoted(value, index);
      closing.quotes = after >= 0;
      if (after >= 0) index = after - 1;
    } else if (code === LESS && closing.brackets) {
      const close = value.indexOf('>', index);
      closing.brackets = close >= 0;
      if (close >= 0) index = close;
    }
  }
  return value.length;
}

/** Index of the first `<` outside quotes; -1 when there is none. */
export function openBracket(value: string): number {
  let bracket = value.indexOf('<');
  let quote = value.indexOf('"');
  while (quote >= 0 && quote < bracket) {
    const after = afterQuoted(value, quote);
    if (after < 0) return bracket;
    if (bracket < after) bracket = value.indexOf('<', after);
    quote = value.indexOf('"', after);
  }
  return bracket;
}
