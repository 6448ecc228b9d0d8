import { ADVERTISE, HOST_ADDRESS, SERVER_HOST, TARGET, TRANSPORT } from './addresses.ts';
import { closest } from './closest.ts';
import { FAILOVER_ON } from './failover.ts';
import {
  type Fault,
  type Format,
  listOf,
  oneOf,
  PORT,
  pattern,
  type Reading,
  wholeNumber,
  YES_OR_NO,
} from './formats.ts';
import { HEADERS, PROBE } from './gateway-formats.ts';
import type { Finding, Path, Report } from './problems.ts';
import { ROUTE_MATCH } from './route-match.ts';
import { SECRET_REF } from './secrets.ts';

/** One key of the entries of a list. */
export type Field<T> = {
  readonly doc: string;
  readonly reads: Format<T>;
  /** Absent: the key must be given. */
  readonly otherwise: { readonly value: T } | undefined;
};
export type Fields = { readonly [key: string]: Field<unknown> };
export type Values<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/** An entry as far as it could be read, so that one slip does not hide the next. */
export type Item<F extends Fields> = {
  readonly path: Path;
  readonly parts: Partial<Values<F>>;
  /** Absent when something is wrong with it. */
  readonly whole: Values<F> | undefined;
};

export const NAME = pattern(
  'name',
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  'write 1 to 64 letters, digits, dots, hyphens or underscores, such as psap-a',
);
const PRIORITY = wholeNumber(1, 1000);
export const WEIGHT = wholeNumber(0, 65_535);
export const SHARE = wholeNumber(1, 1_000_000);
export const NONE = { value: undefined };

export const LISTENER = {
  transport: given(TRANSPORT, 'How SIP is carried: udp, tcp or tls. For tls see `tls` below.'),
  address: given(HOST_ADDRESS, 'The one local address, of IPv4 or IPv6; never a wildcard.'),
  port: field(orAbsent(PORT), NONE, 'The local port. Left out: 5060, and 5061 for tls.'),
  advertise: field(
    orAbsent(ADVERTISE),
    NONE,
    'What Contact and Via say in place of the address: a host name, or the address outside a NAT.',
  ),
  emergency: field(
    YES_OR_NO,
    { value: false },
    'Whether all that comes here is an emergency call; in listen.gateway: a callback (RFC 7090).',
  ),
};

export const DRACHTIO = {
  host: given(SERVER_HOST, 'Where its admin port is.'),
  port: field(PORT, { value: 9022 }, 'The admin port.'),
  secret: given(SECRET_REF, 'Where its secret is kept, env:NAME or file:PATH.'),
};

export const GATEWAY = {
  name: given(NAME, 'What groups, logs and records call it.'),
  uri: given(
    TARGET,
    'Where it is, sip:HOST:PORT, with ;transport=tcp or ;transport=tls. A name is looked up as RFC 3263 says: ' +
      'without port and transport by NAPTR and SRV. A user in it is asked for whatever was dialled.',
  ),
  priority: field(PRIORITY, { value: 1 }, 'Lower is tried first.'),
  weight: field(
    orAbsent(WEIGHT),
    NONE,
    'Its share of the calls among gateways of one priority. None has any: the order of the group.',
  ),
  callsMax: field(
    orAbsent(SHARE),
    NONE,
    'How many calls at once it takes. Beyond it ordinary calls skip it, and emergency calls try ' +
      'it after the others. Left out: any number.',
  ),
  headers: field(
    orAbsent(HEADERS),
    NONE,
    'Headers that our INVITEs to it carry besides, "Name: value" each.',
  ),
  probe: field(
    orAbsent(PROBE),
    NONE,
    'off, or how its probes differ from those of `probe` below. Left out: they do not.',
  ),
  largeByTcp: field(
    YES_OR_NO,
    { value: false },
    'Whether an INVITE of more than 1300 bytes goes to it by TCP, at the same address and port.',
  ),
};

export const GROUP = {
  name: given(NAME, 'What routes call it.'),
  gateways: given(listOf(NAME, '[psap-a, psap-b]'), 'Its gateways, by name.'),
  emergency: field(
    YES_OR_NO,
    { value: false },
    'Whether its calls are emergency calls: never refused, and hunted until somebody answers.',
  ),
  failoverOn: field(
    orAbsent(FAILOVER_ON),
    NONE,
    'Which failures move a call on: statuses, transport, timeout (a 408 too), or the word any. Left ' +
      'out: any for emergency, else 408, 503, transport; for callbacks.group 403, 404 and 5xx too.',
  ),
  followRedirects: field(
    YES_OR_NO,
    { value: false },
    'Whether a 3xx of a gateway is followed, once, to the gateways of this file that it names.',
  ),
  anchor: field(
    YES_OR_NO,
    { value: true },
    'Whether media of its calls crosses the site, where media.anchor names something.',
  ),
  srtp: field(
    oneOf<'as-offered' | 'none'>('protection of RTP', ['as-offered', 'none']),
    { value: 'as-offered' },
    'How media that crosses the site goes on to its gateways. as-offered: protected as the caller ' +
      'has it. none: as RTP, whatever the caller has.',
  ),
  asksFor: field(
    oneOf<'dialled' | 'service'>('thing to ask for', ['dialled', 'service']),
    { value: 'dialled' },
    'What its gateways are asked for in an emergency. service: what was dialled if it is under ' +
      'urn:service:sos, else urn:service:sos; but a user in the URI of a gateway wins.',
  ),
  transfers: field(
    oneOf<'refuse' | 'pass' | 'execute'>('way with transfers', ['refuse', 'pass', 'execute']),
    { value: 'refuse' },
    'What becomes of REFER. pass: it crosses, but for that of an emergency caller. execute: that of ' +
      'a gateway is carried out here, as is its INVITE with Replaces; only to gateways of this file.',
  ),
  lastResort: field(
    orAbsent(TARGET),
    NONE,
    'The URI of a last gateway, tried when all others have failed.',
  ),
};

export const ROUTE = {
  match: given(
    ROUTE_MATCH,
    'What is dialled, { urn: ... } or { user: ... }, and the trunk it comes from: { trunk: ... }.',
  ),
  group: given(NAME, 'The group that such calls go to.'),
};

/** Reads the entries of a list and reports each key that is wrong, missing or unknown. */
export function readItems<F extends Fields>(
  path: Path,
  list: readonly unknown[],
  fields: F,
  report: Report,
): readonly Item<F>[] {
  return list.map((item, index) => readItem([...path, index], item, fields, report));
}

function readItem<F extends Fields>(path: Path, item: unknown, fields: F, report: Report): Item<F> {
  if (!isMap(item)) {
    report(path, { value: item, wrong: 'is not a map', want: `write { ${shape(fields)} }` });
    return { path, parts: {}, whole: undefined };
  }
  for (const key of Object.keys(item))
    if (!Object.hasOwn(fields, key)) report([...path, key], unknownKey(key, Object.keys(fields)));
  const parts: { [key: string]: unknown } = {};
  let isWhole = true;
  for (const [key, rule] of Object.entries(fields)) {
    const reading = readField(item, key, rule);
    if (reading.kind === 'good') {
      parts[key] = reading.value;
      continue;
    }
    isWhole = false;
    reportFaults([...path, key], reading.faults, rule.reads, report);
  }
  return {
    path,
    parts: parts as Partial<Values<F>>,
    whole: isWhole ? (parts as Values<F>) : undefined,
  };
}

function readField(item: object, key: string, { reads, otherwise, doc }: Field<unknown>) {
  if (Object.hasOwn(item, key)) return reads.read(Reflect.get(item, key));
  if (otherwise !== undefined) return { kind: 'good' as const, value: otherwise.value };
  return { kind: 'bad' as const, faults: [missing(doc)] };
}

export function reportFaults(
  path: Path,
  faults: readonly Fault[],
  { isSecret }: Format<unknown>,
  report: Report,
): void {
  for (const { in: inside, value, wrong, want } of faults)
    report([...path, ...inside], { value, wrong, want, isSecret });
}

export function unknownKey(key: string, known: readonly string[]): Finding {
  const suggestion = closest(key, known);
  const want = suggestion === undefined ? `the keys here are ${known.join(', ')}` : undefined;
  return { wrong: 'is not a key of this place', want: want ?? `did you mean "${suggestion}"?` };
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missing(doc: string): Fault {
  return { in: [], value: undefined, wrong: 'is missing', want: `give it. ${doc}` };
}

function shape(fields: Fields): string {
  const needed = Object.entries(fields).filter(([, rule]) => rule.otherwise === undefined);
  return needed.map(([key]) => `${key}: ...`).join(', ');
}

export function given<T>(reads: Format<T>, doc: string): Field<T> {
  return { doc, reads, otherwise: undefined };
}

export function field<T>(
  reads: Format<T>,
  otherwise: { readonly value: NoInfer<T> },
  doc: string,
): Field<T> {
  return { doc, reads, otherwise };
}

/** The same format, for a key that may be left out without a default. */
export function orAbsent<T>(format: Format<T>): Format<T | undefined> {
  return { ...format, read: (value): Reading<T | undefined> => format.read(value) };
}
