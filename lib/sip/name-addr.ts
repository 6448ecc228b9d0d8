import { never } from '../base/never.ts';
import { isToken } from './header-names.ts';
import { tagOf, type UriText, uriText } from './ids.ts';
import type { NameAddr } from './message.ts';
import { type Params, paramValue, readParams, withoutParams } from './params.ts';
import { afterQuoted, openBracket, quoted, splitList } from './quoting.ts';
import { trimmed } from './white-space.ts';

/** Takes both forms, and any bare text such as `911` as the URI. [3261-20.10] */
export function parseNameAddr(value: string): NameAddr | undefined {
  const { uri, params } = read(value);
  if (uri === '') return undefined;
  const tag = paramValue(params.list, 'tag');
  return { uri: uriText(uri), tag: tag === undefined || tag === '' ? undefined : tagOf(tag) };
}

/** The preference of a Contact, from 0 to 1; 1 where it says none. [3261-20.10] */
export function preferenceOf(value: string): number {
  const q = paramValue(read(value).params.list, 'q') ?? '1';
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0;
}

type Parts = {
  /** What stands before the URI. */
  readonly display: string;
  readonly uri: string;
  /** `open`: a bracket that never closes. */
  readonly form: 'bracketed' | 'open' | 'bare';
  /** Index behind the URI and its bracket. */
  readonly end: number;
  readonly params: Params;
};

function read(value: string): Parts {
  const open = openBracket(value);
  if (open < 0) return readBare(value);
  const display = value.slice(0, open);
  const close = value.indexOf('>', open);
  if (close >= 0) {
    const uri = withoutSpace(value.slice(open + 1, close));
    const params = readParams(value, close + 1);
    return { display, uri, form: 'bracketed', end: close + 1, params };
  }
  const end = bareEnd(value, open + 1);
  const params = readParams(value, end);
  return { display, uri: value.slice(open + 1, end), form: 'open', end, params };
}

/** Without brackets every parameter belongs to the header, none to the URI. [3261-20] */
function readBare(value: string): Parts {
  let at = value.startsWith('"') ? Math.max(afterQuoted(value, 0), 0) : 0;
  while (value.charCodeAt(at) <= 0x20) at += 1;
  const end = bareEnd(value, at);
  const params = readParams(value, end);
  return { display: value.slice(0, at), uri: value.slice(at, end), form: 'bare', end, params };
}

function bareEnd(value: string, from: number): number {
  let at = from;
  for (; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code === SEMICOLON || code === COMMA || code <= 0x20) break;
  }
  return at;
}

const SEMICOLON = 0x3b;
const COMMA = 0x2c;

function withoutSpace(uri: string): string {
  return uri.replaceAll(/[ \t\r\n]/g, '');
}

/**
 * Sets the tag and leaves every other byte of a well-formed value alone. What a strict receiver
 * would stumble over is repaired: brackets are added, a display name is quoted. [3261-20.10]
 */
export function withTag(value: string, tag: string): string {
  const parts = read(value);
  const tags = parts.params.list.filter(({ name }) => name === 'tag');
  const [first, ...further] = tags;
  if (!isStrict(parts, value)) {
    const others = parts.params.list.filter(({ name }) => name !== 'tag');
    const rest = others.map(({ at, end }) => value.slice(at, end)).join('');
    const uri = parts.uri.replaceAll('>', '%3E');
    return `${asDisplayName(parts.display)}<${uri}>${rest};tag=${tag}`;
  }
  if (first === undefined) return `${value};tag=${tag}`;
  const behind = withoutParams(value, further).slice(first.end);
  return `${value.slice(0, first.at)};tag=${tag}${behind}`;
}

/** Whether a strict receiver takes it, with a tag as its only further parameter when bare. */
function isStrict({ display, uri, form, end, params }: Parts, value: string): boolean {
  if (params.odd || params.end < value.length) return false;
  if (trimmed(value, end, params.at) !== '') return false;
  switch (form) {
    case 'bracketed':
      return isDisplayName(display);
    case 'bare':
      return (
        trimmed(display) === '' &&
        !/[?,>]/.test(uri) &&
        params.list.every(({ name }) => name === 'tag')
      );
    case 'open':
      return false;
    default:
      return never(form);
  }
}

/** A quoted string, or tokens. [3261-25.1] */
function isDisplayName(text: string): boolean {
  const name = trimmed(text);
  if (name === '') return true;
  if (name.startsWith('"')) return afterQuoted(name, 0) === name.length;
  return name.split(/[ \t]+/).every(isToken);
}

function asDisplayName(text: string): string {
  const name = trimmed(text);
  if (name !== '' && isDisplayName(name)) return `${name} `;
  const bare = trimmed(name.replaceAll(/["\\]/g, ''));
  return bare === '' ? '' : `${quoted(bare)} `;
}

export function withoutTag(value: string): string {
  const { list } = read(value).params;
  return withoutParams(
    value,
    list.filter(({ name }) => name === 'tag'),
  );
}

/** The URI of the first contact; absent for `*` and for text that names no scheme. [3261-20.10] */
export function contactUri(value: string): UriText | undefined {
  for (const contact of splitList(value)) {
    const uri = parseNameAddr(contact)?.uri;
    if (uri?.includes(':') === true) return uri;
  }
  return undefined;
}
