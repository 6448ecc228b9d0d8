import { type Masking, maskingOf } from './masking.ts';

const TEXT_MAX = 2048;
const STACK_MAX = 4096;
const DEPTH_MAX = 3;
const WITHHELD = '[withheld]';

/** Whether a text holds anything at all that the masks look for; most do not. */
const SUSPECT = /[:@<]|\d{5}|\d\.\d|\+\d|[\r\n]|\b(?:digest|basic|bearer)\s/i;
const SDP_LINE = /(?:^|[\r\n])(?:v=0|m=\w+ \d)/;
/** PIDF-LO, GML or any other XML: where somebody is, in a hundred spellings. */
const MARKUP =
  /<\?xml|<\/?(?!anonymous>)(?:[\w.-]{1,32}:)?[a-z][\w.-]{0,64}(?:\s[^<>@]{0,256})?\/?>/i;
const GEO_URI = /\bgeo:[^\s<>"]*/gi;
/** A latitude or a longitude: three places behind the point are a hundred metres. */
const DEGREES = /(?<![\d.])[-+]?\d{1,3}\.\d{3,}(?![\d.])/g;
const CREDENTIALS = /\b(digest|basic|bearer)\s.*/gi;
const SIP_URI = /\b(sips?):([^@\s<>"]{0,256})@([^\s<>"]*)/gi;
const TEL_URI = /\btel:([^\s<>";,]+)/gi;
const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;
const IPV6 = /(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/gi;
/** Not a port, which follows a colon. */
const NUMBER = /\+\d[\d ().-]{4,20}\d|(?<![\w.:])\d{5,}|(?<!\d)\d{6,}/g;
/** IMSI and IMEI have 14 digits or more; Unix milliseconds have 13. */
const NUMBER_OF_PERSON_MIN = 1e13;

/** Hides who called whom in the step log; hosts that are ours or a gateway's stay readable. */
export type Mask = {
  readonly address: (text: string) => string;
  readonly uri: (text: string) => string;
  readonly text: (text: string) => string;
  /** Any value, masked as the table says for its name; undefined: it is not to be written. */
  readonly field: (name: string, value: unknown) => unknown;
};

export function maskFor(readableHosts: readonly string[]): Mask {
  const readable = new Set(readableHosts.map((host) => host.toLowerCase()));
  const host = (text: string) => (readable.has(text.toLowerCase()) ? text : maskHost(text));
  const uris = (text: string) =>
    text
      .replace(SIP_URI, (_, scheme, user, rest) => `${scheme}:${maskUserInfo(user)}@${hosts(rest)}`)
      .replace(TEL_URI, (_, number) => `tel:${maskUser(number)}`);
  const hosts = (text: string) => text.replace(IPV4, host).replace(IPV6, host);
  const addresses = (text: string) => hosts(uris(text));
  const mask: Mask = {
    address: rememberLast(hosts),
    uri: rememberLast((text) => maskText(innerUri(clip(text, TEXT_MAX)), addresses)),
    text: (text) => maskText(clip(text, TEXT_MAX), addresses),
    field: (name, value) => maskValue(mask, name, value, 0),
  };
  return mask;
}

/** The steps of one call name the same address again and again. */
function rememberLast(mask: (text: string) => string): (text: string) => string {
  let last = '';
  let masked = '';
  return (text) => {
    if (text === last) return masked;
    last = text;
    masked = mask(text);
    return masked;
  };
}

function maskText(text: string, addresses: (text: string) => string): string {
  if (!SUSPECT.test(text)) return text;
  if (SDP_LINE.test(text) || MARKUP.test(text)) return WITHHELD;
  return addresses(text.replace(GEO_URI, `geo:${WITHHELD}`).replace(DEGREES, WITHHELD))
    .replace(CREDENTIALS, `$1 ${WITHHELD}`)
    .replace(NUMBER, (digits) => maskUser(digits));
}

/** `+46*****67`; of a short name less is left, and a short number such as 112 is nobody's. */
export function maskUser(user: string): string {
  if (user.length >= 8) return `${user.slice(0, 3)}*****${user.slice(-2)}`;
  if (/^\d{0,4}$/.test(user)) return user;
  return `${user.slice(0, 1)}*****`;
}

/** Without the password that may stand behind the user. */
function maskUserInfo(userInfo: string): string {
  return maskUser(userInfo.split(':', 1).join(''));
}

/** `203.0.113.x`; of an IPv6 address two groups stay. */
function maskHost(host: string): string {
  if (!host.includes(':')) return `${host.slice(0, host.lastIndexOf('.'))}.x`;
  const isTimeOfDay = host.split(':').length === 3 && !host.includes('::');
  if (isTimeOfDay) return host;
  return `${host.split(':').slice(0, 2).join(':')}:x`;
}

/** The address alone of `"Alice" <sip:...>;tag=...`: the display name is a person's. */
function innerUri(text: string): string {
  const start = text.indexOf('<');
  if (start < 0) return text;
  const end = text.indexOf('>', start);
  return end < 0 ? text.slice(start + 1) : text.slice(start + 1, end);
}

function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}...`;
}

function maskValue(mask: Mask, name: string, value: unknown, depth: number): unknown {
  const masking = maskingOf(name);
  if (value === undefined || masking === 'never') return undefined;
  if (typeof value === 'string') return maskString(mask, masking, value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    return maskNumber(masking, value);
  }
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return undefined;
  if (depth === DEPTH_MAX) return '[deeper]';
  if (value instanceof Error) return maskError(mask, value);
  if (ArrayBuffer.isView(value)) return WITHHELD;
  if (Array.isArray(value)) {
    return value.slice(0, 64).map((each) => maskValue(mask, name, each, depth + 1) ?? null);
  }
  const masked: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    // Something may be counted by number.
    masked[mask.text(key)] = maskValue(mask, key, each, depth + 1);
  }
  return masked;
}

function maskString(mask: Mask, masking: Exclude<Masking, 'never'>, value: string): string {
  switch (masking) {
    case 'plain':
      return value;
    case 'person':
      return maskUser(value);
    default:
      return mask[masking](value);
  }
}

function maskNumber(masking: Masking, value: number | bigint): unknown {
  const isPerson = masking === 'person' || (masking !== 'plain' && value >= NUMBER_OF_PERSON_MIN);
  if (isPerson) return maskUser(String(value));
  return typeof value === 'bigint' ? String(value) : value;
}

/** The stack goes line by line, since a bug has to be found and a line is short enough to mask. */
function maskError(mask: Mask, error: Error): unknown {
  const stack = clip(error.stack ?? '', STACK_MAX)
    .split('\n')
    .slice(1);
  return {
    name: error.name,
    message: mask.text(error.message),
    stack: stack.map((line) => line.trim()),
  };
}
