import { afterQuoted } from './quoting.ts';
import { trimmed } from './white-space.ts';

/** One `;name=value` and where it stands, so that it can be replaced and nothing else moves. */
export type Param = {
  /** Lower case. */
  readonly name: string;
  /** As written, quotes included; absent without `=`. */
  readonly value: string | undefined;
  /** Index of the semicolon. */
  readonly at: number;
  /** Index behind the value and before white space. */
  readonly end: number;
};

export type Params = {
  readonly list: readonly Param[];
  /** Index of the first semicolon, or `end`. */
  readonly at: number;
  /** Index of the comma that ends the list element, or the length of the text. */
  readonly end: number;
  /** An empty parameter was passed over. */
  readonly odd: boolean;
};

/** Reads the parameters from the first semicolon at or behind `from`. [3261-7.3.1] */
export function readParams(text: string, from: number): Params {
  const open = withoutQuoted(text, from);
  const comma = open.indexOf(',', from);
  const end = comma < 0 ? text.length : comma;
  const first = placeOf(';', open, from, end);
  const list: Param[] = [];
  let odd = false;
  let equals = -1;
  for (let at = first; at < end; ) {
    const until = placeOf(';', open, at + 1, end);
    // One behind this parameter is not looked for again: each scan stays linear.
    if (equals < at) equals = placeOf('=', open, at, end);
    const param = paramAt(text, at, equals < until ? equals : -1, until);
    if (param !== undefined) list.push(param);
    else odd = true;
    at = until;
  }
  return { list, at: first, end, odd };
}

/** The index of the first one, or `end`. */
function placeOf(what: ';' | '=', text: string, from: number, end: number): number {
  const at = text.indexOf(what, from);
  return at < 0 || at > end ? end : at;
}

/**
 * The text with blanks in place of quoted strings behind `from`, each of the same length: nothing in
 * them ends a parameter. A quote that never closes is an ordinary character.
 */
function withoutQuoted(text: string, from: number): string {
  let open = '';
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', open.length)) {
    const after = afterQuoted(text, at);
    if (after < 0) break;
    open = (open + text.slice(open.length, at)).padEnd(after);
  }
  return open + text.slice(open.length);
}

function paramAt(text: string, at: number, equals: number, until: number): Param | undefined {
  let end = until;
  while (text.charCodeAt(end - 1) <= 0x20) end -= 1;
  const name = trimmed(text, at + 1, equals < 0 ? end : equals).toLowerCase();
  if (name === '') return undefined;
  return { name, value: equals < 0 ? undefined : trimmed(text, equals + 1, end), at, end };
}

export function paramValue(list: readonly Param[], name: string): string | undefined {
  for (const param of list) if (param.name === name) return param.value;
  return undefined;
}

/** The text without these parameters, which must be given in their order. */
export function withoutParams(text: string, list: readonly Param[]): string {
  let rest = '';
  let from = 0;
  for (const { at, end } of list) {
    rest += text.slice(from, at);
    from = end;
  }
  return rest + text.slice(from);
}
