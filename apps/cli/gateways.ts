import { isIPv4 } from 'node:net';
import { writeMatch } from '../../config/route-match.ts';
import type { Explanation, GatewayView } from '../../lib/node/gateway-view.ts';
import { coloured, type Paint, plain } from '../../lib/observe/read/paint.ts';
import { askJson } from './admin-source.ts';
import { adminUrl, Misuse, none, readArguments } from './arguments.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { table } from './table.ts';

/** `landfall gateways`: what the node believes of each gateway, or what it would do with a call. */
export async function gateways(args: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, {
    admin: { type: 'string' },
    explain: { type: 'string' },
    source: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  none(positionals);
  const { explain, source, json } = values;
  if (source !== undefined && explain === undefined) {
    throw new Misuse('--source goes with --explain NUMBER');
  }
  if (source !== undefined && !isIPv4(source)) {
    throw new Misuse(`--source is ${source}; an IPv4 address such as 203.0.113.7 would be right`);
  }
  const access = { url: adminUrl(values.admin), token: io.env['LANDFALL_ADMIN_TOKEN'] };
  const page = explain === undefined ? 'gateways' : `gateways?${queryOf(explain, source)}`;
  const read = await askJson(access, page, isPage);
  if (read.kind === 'unreadable') {
    io.err(`landfall gateways: ${read.why}`);
    return EXIT.failed;
  }
  const paint = io.colours ? coloured : plain;
  const { body } = read;
  if (json) io.out(JSON.stringify(body));
  else if ('gateways' in body) {
    io.out(gatewayTable(body.gateways, paint));
    for (const line of body.gateways.flatMap(nameLines)) io.out(line);
  } else for (const line of explanationLines(body)) io.out(line);
  return EXIT.ok;
}

function queryOf(explain: string, source: string | undefined): string {
  return new URLSearchParams({ explain, ...(source === undefined ? {} : { source }) }).toString();
}

type Page = { readonly gateways: readonly GatewayView[] } | Explanation;

function isPage(body: unknown): body is Page {
  if (typeof body !== 'object' || body === null) return false;
  const list = 'gateways' in body ? body.gateways : 'order' in body ? body.order : undefined;
  return Array.isArray(list);
}

const COLUMNS = ['gateway', 'state', 'since', 'rtt', 'calls', '5 min', 'success', 'hops', 'why'];

/** A row a gateway; what is not up is red. */
export function gatewayTable(all: readonly GatewayView[], paint: Paint): string {
  const rows = all.map((one) => ({ cells: cellsOf(one), isUp: one.belief === 'up' }));
  return table(COLUMNS, rows, paint);
}

function cellsOf(one: GatewayView): readonly string[] {
  const { calls5min, failed5min, callsMax, restsMs } = one;
  const taken = calls5min - failed5min;
  return [
    one.name,
    restsMs > 0 ? `${one.belief}, rests` : one.belief,
    span(one.sinceSec),
    one.rttMs === undefined ? '-' : `${one.rttMs.toFixed(1)} ms`,
    callsMax === undefined ? `${one.callsNow}` : `${one.callsNow}/${callsMax}`,
    `${calls5min}`,
    calls5min === 0 ? '-' : `${Math.max(0, Math.round((100 * taken) / calls5min))} %`,
    one.hops.map(({ hop, said }) => (said === undefined ? hop : `${hop} ${said}`)).join(', '),
    one.isProbed ? one.why : `${one.why} (not probed)`,
  ];
}

/** Where a gateway is that has a name, and every answer that led there. */
export function nameLines({ name, uri, standing, questions }: GatewayView): readonly string[] {
  if (questions.length === 0) return [];
  return [
    `${name} is ${uri}, ${STANDING_WORDS[standing]}`,
    ...questions.map(({ type, name: asked, answers, ttlSecLeft, lastError }) => {
      const said = answers.length === 0 ? 'no answer yet' : answers.join(' | ');
      return `  ${type} ${asked}: ${said}${ageWords(ttlSecLeft)}${lastErrorWords(lastError)}`;
    }),
  ];
}

const STANDING_WORDS: Readonly<Record<GatewayView['standing'], string>> = {
  fixed: 'an address',
  fresh: 'looked up',
  stale: 'looked up, but name servers do not answer any more',
  gone: 'gone from DNS; emergency calls still try where it was',
  unknown: 'not found',
};

function ageWords(ttlSecLeft: number | undefined): string {
  if (ttlSecLeft === undefined) return '';
  return ttlSecLeft >= 0 ? `, for ${ttlSecLeft} s` : `, expired ${span(-ttlSecLeft)} ago`;
}

const lastErrorWords = (lastError: string | undefined) =>
  lastError === undefined ? '' : `, last try: ${lastError}`;

/** `42 s`, `12 min`, `3 h`. */
function span(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** What the planner would do, in sentences. */
export function explanationLines(what: Explanation): readonly string[] {
  const { asked, trunk, match, group, emergency, refusal, order } = what;
  const route = match === undefined ? 'no route matches' : `route ${writeMatch(match)}`;
  const kind = emergency ? 'an emergency call' : 'an ordinary call';
  const from = trunk === undefined ? '' : ` from trunk ${trunk}`;
  const lines = [`${asked}${from}: ${kind}, ${route}, group ${group ?? 'none'}`];
  if (refusal !== undefined) {
    return [...lines, `refused with ${refusal.status}: ${refusal.says}`];
  }
  const steps = order.map(({ gateway, rank, why }, index) => {
    const place = rank === 'skipped' ? ' -' : `${index + 1}.`.padStart(2);
    return `${place} ${gateway} (${rank}): ${why}`;
  });
  return [...lines, ...(steps.length === 0 ? ['no gateway is left to try'] : steps)];
}
