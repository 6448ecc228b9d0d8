import { never } from '../base/never.ts';
import { type UriText, uriText } from './ids.ts';

export type UriParam = { readonly name: string; readonly value?: string };

export type SipUri = {
  readonly kind: 'sip';
  readonly scheme: 'sip' | 'sips';
  /** As written, still escaped, without a password. */
  readonly user: string | undefined;
  /** Lower case; an IPv6 literal without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Names in lower case. */
  readonly params: readonly UriParam[];
  /** What follows `?`; never obeyed. */
  readonly headers: string | undefined;
};

export type TelUri = {
  readonly kind: 'tel';
  /** As written, visual separators included. */
  readonly number: string;
  readonly params: readonly UriParam[];
};

export type Urn = {
  readonly kind: 'urn';
  /** Lower case and without what comparison leaves out. [5031-3] */
  readonly urn: string;
};

/** Anything else: `911`, `http://...`, a scheme nobody knows. */
export type OtherUri = { readonly kind: 'other'; readonly text: string };

export type Uri = SipUri | TelUri | Urn | OtherUri;

/** Takes a URI apart as far as it is understood. [3261-19.1.1] */
export function parseUri(text: string): Uri {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  switch (scheme) {
    case 'sip':
      return parseSip('sip', text, colon + 1);
    case 'sips':
      return parseSip('sips', text, colon + 1);
    case 'tel':
      return parseTel(text.slice(colon + 1));
    case 'urn':
      return { kind: 'urn', urn: text.split(/[;?#]/, 1).join('').toLowerCase() };
    default:
      return { kind: 'other', text };
  }
}

function parseSip(scheme: 'sip' | 'sips', text: string, from: number): Uri {
  const at = userEnd(text, from);
  const rest = text.slice(at < 0 ? from : at + 1);
  const question = rest.indexOf('?');
  const [hostPort = '', ...params] = (question < 0 ? rest : rest.slice(0, question)).split(';');
  const place = parseHostPort(hostPort);
  if (place === undefined) return { kind: 'other', text };
  return {
    kind: 'sip',
    scheme,
    user: at < 0 ? undefined : text.slice(from, at).split(':', 1).join(''),
    host: place.host,
    port: place.port,
    params: params.flatMap(parseParam),
    headers: question < 0 ? undefined : rest.slice(question + 1),
  };
}

/** The last `@` before parameters or headers: an unescaped one in the user is lived with. */
function userEnd(text: string, from: number): number {
  const first = text.indexOf('@', from);
  if (first < 0) return -1;
  let last = first;
  for (let at = first + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === ';' || character === '?') break;
    if (character === '@') last = at;
  }
  return last;
}

function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  if (bracketed !== null) return place(bracketed[1] ?? '', bracketed[2]);
  const colon = text.indexOf(':');
  if (colon < 0) return place(text, undefined);
  if (text.includes(':', colon + 1)) return undefined;
  const port = text.slice(colon + 1);
  return /^\d{1,5}$/.test(port) ? place(text.slice(0, colon), port) : undefined;
}

function place(host: string, port: string | undefined) {
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (number < 1 || number > 65_535)) return undefined;
  return { host: host.toLowerCase(), port: number };
}

function parseParam(text: string): UriParam[] {
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  if (name === '') return [];
  return [equals < 0 ? { name } : { name, value: text.slice(equals + 1) }];
}

function parseTel(text: string): TelUri {
  const [number = '', ...params] = text.split(';');
  return { kind: 'tel', number, params: params.flatMap(parseParam) };
}

export type SipUriParts = {
  readonly user?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  readonly params?: readonly UriParam[];
};

/** Writes `sip:user@host:port;name=value`; the user is taken as written. */
export function sipUri(
  { user, host, port, params = [] }: SipUriParts,
  scheme: SipUri['scheme'] = 'sip',
): UriText {
  const place = host.includes(':') ? `[${host}]` : host;
  const who = user === undefined ? '' : `${user}@`;
  const list = params.map(({ name, value }) => `;${name}${value === undefined ? '' : `=${value}`}`);
  // Joined it is one piece; a template would keep all its parts for as long as a call.
  return uriText([scheme, ':', who, place, port === undefined ? '' : `:${port}`, ...list].join(''));
}

/** What was dialled, for routing: absent where the URI names no user. */
export function uriUser(text: string): string | undefined {
  const uri = parseUri(text);
  switch (uri.kind) {
    case 'sip':
      return sipUser(uri);
    case 'tel':
      return uri.number.replaceAll(/[-.()]/g, '');
    case 'urn':
      return undefined;
    case 'other':
      return bareUser(uri.text);
    default:
      return never(uri);
  }
}

/** A host of digits alone is no host: `sip:112` is what some phones make of a dialled number. */
function sipUser({ user, host }: SipUri): string | undefined {
  if (user === undefined) return /^[\d+*#]+$/.test(host) ? host : undefined;
  return unescaped(user.split(';', 1).join(''));
}

/** Of a SIP URI whose host cannot be read the user is taken all the same. */
function bareUser(text: string): string | undefined {
  if (isSip(text)) return /^sips?:([^;:@]+)[^@]*@/i.exec(text)?.[1];
  if (/^[a-z][a-z\d+.-]*:/i.test(text)) return undefined;
  const user = text.split(/[;@]/, 1).join('');
  return user === '' ? undefined : user;
}

/** Whether it says that it is a SIP URI, which can be so without being one that can be read. */
export function isSip(text: string): boolean {
  return /^sips?:/i.test(text);
}

/** What is no escape stands for itself. [3261-19.1.2] */
export function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  return text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
