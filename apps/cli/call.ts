import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { realWorld } from '../../lib/base/real-world.ts';
import { whyOf } from '../../lib/base/why-of.ts';
import { tcpStreams } from '../../lib/engine/builtin/sockets/tcp.ts';
import { type TlsParts, tlsStreams } from '../../lib/engine/builtin/sockets/tls.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import { inAscii } from '../../lib/observe/read/draw-ladder.ts';
import { spanOf } from '../../lib/observe/read/moments.ts';
import { coloured, plain } from '../../lib/observe/read/paint.ts';
import { type Address, defaultPort, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { hostAddress } from '../../lib/sip/host-address.ts';
import { uriText } from '../../lib/sip/ids.ts';
import { parseUri, type SipUri } from '../../lib/sip/uri.ts';
import { adminUrl, Misuse, onlyOne, readArguments, wholeNumber } from './arguments.ts';
import { judgeCall, type Verdict, verdictLine } from './call-verdict.ts';
import { EXIT, type ExitCode, type Io, isAsciiOnly } from './io.ts';
import { localAddressTowards } from './local-address.ts';
import { type PlacedCall, placeCall } from './place-call.ts';
import { contactOf, labelOf, ladderOfSeen, type Seen } from './seen-messages.ts';

const EXAMPLE = 'sip:112@127.0.0.112';

/** `landfall call`: a test call from here; the exit code says whether it moved off anycast. */
export async function call(args: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, {
    admin: { type: 'string' },
    after: { type: 'string', default: '2000' },
    timeout: { type: 'string', default: '30' },
    from: { type: 'string' },
    authorities: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  adminUrl(values.admin);
  const text = onlyOne(positionals, 'URI');
  const uri = sipUriOf('URI', text);
  const from = values.from === undefined ? undefined : uriText(values.from);
  if (from !== undefined) sipUriOf('--from', from);
  const authorities = authoritiesIn(values.authorities);
  const afterMs = wholeNumber('--after', values.after, 0, 3_600_000);
  const timeoutMs = 1000 * wholeNumber('--timeout', values.timeout, 1, 3600);

  const address = await addressOf(uri.host);
  if (address === undefined) return fail(io, `URI is ${text}: no address is known for ${uri.host}`);
  const transport = transportOf(text, uri);
  const target = { address, port: uri.port ?? defaultPort(transport), name: uri.host };
  const way = await localAddressTowards(target);
  if (way.kind === 'none') return fail(io, `no way to ${writeAddress(target)}: ${way.why}`);

  const { signal, release } = interrupts();
  const told = { uri: uriText(text), target, transport, from };
  const plan = { ...told, local: way.local, afterMs, timeoutMs, interrupted: signal };
  if (!values.json) io.out(`${text} from ${writeAddress(way.local)}\n`);
  const streams = { tcp: tcpStreams(), tls: tlsStreams(dialling(authorities, io)) };
  const placed = await placeCall(plan, realWorld(), udpDatagrams(), streams);
  release();
  if (placed.kind === 'failed') return fail(io, `${writeAddress(way.local)}: ${placed.why}`);
  const verdict = judgeCall(placed.seen, target, placed.course);
  if (values.json) io.out(asJson(placed.seen, target, way.local, verdict));
  else show(io, placed, target, way.local, verdict);
  return verdict.kind === 'moved' ? EXIT.ok : EXIT.failed;
}

function sipUriOf(key: string, text: string): SipUri {
  const uri = parseUri(text);
  if (uri.kind === 'sip' && uri.host !== '') return uri;
  throw new Misuse(`${key} is ${text}; a SIP URI such as ${EXAMPLE} would be right`);
}

function transportOf(text: string, { scheme, params }: SipUri): Transport {
  if (scheme === 'sips') return 'tls';
  const named = params.find(({ name }) => name === 'transport')?.value?.toLowerCase() ?? 'udp';
  if (named === 'udp' || named === 'tcp' || named === 'tls') return named;
  throw new Misuse(`URI is ${text}; its transport would have to be udp, tcp or tls`);
}

/** Whom it reaches must be certified as the host that was dialled; why not is said. */
function dialling(authorities: string | undefined, io: Io): TlsParts {
  const credentials = { certificate: undefined, key: undefined, authorities };
  return {
    credentials: { now: () => credentials, onRenewed: () => undefined },
    asksCallers: false,
    onRefused: ({ remote, why }) => io.err(`${remote}: ${why}`),
  };
}

/** The authorities in that file; absent: whom the world trusts. */
function authoritiesIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Misuse(`--authorities is ${file}; ${whyOf(error)}`);
  }
}

async function addressOf(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return hostAddress(host) ?? host;
  const found = await lookup(host).catch(() => undefined);
  return found?.address;
}

/** Ctrl-C ends the call properly; a second one ends the command as ever. */
function interrupts() {
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const release = () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { signal: abort.signal, release };
}

function show(
  io: Io,
  { seen }: Extract<PlacedCall, { readonly kind: 'placed' }>,
  target: Address,
  local: Address,
  verdict: Verdict,
): void {
  const ladder = ladderOfSeen(seen, local, target);
  const paint = io.colours ? coloured : plain;
  const times = Object.entries(timings(seen)).map(([name, ms]) => `${name} after ${spanOrMs(ms)}`);
  io.out(isAsciiOnly(io) ? inAscii(ladder) : ladder);
  io.out('');
  if (times.length > 0) io.out(times.join(', '));
  io.out(paint(verdict.kind === 'moved' ? 'green' : 'red', verdictLine(verdict, target)));
}

/** From our INVITE to the first response of each kind, in milliseconds. */
function timings(seen: readonly Seen[]): Record<string, number> {
  const startedAt = seen[0]?.at ?? 0;
  const times: Record<string, number> = {};
  for (const { at, direction, message } of seen) {
    if (direction !== 'in' || message?.kind !== 'response') continue;
    if (message.cseq.method === 'INVITE') times[message.status] ??= Math.round(at - startedAt);
  }
  return times;
}

function spanOrMs(ms: number): string {
  return ms < 1000 ? `${ms} ms` : spanOf(ms);
}

function asJson(seen: readonly Seen[], dialled: Address, local: Address, verdict: Verdict): string {
  const startedAt = seen[0]?.at ?? 0;
  const messages = seen.map((entry) => ({
    offsetMs: Math.round(entry.at - startedAt),
    direction: entry.direction,
    far: writeAddress(entry.far),
    message: labelOf(entry),
    contact: entry.message === undefined ? undefined : contactOf(entry.message),
  }));
  const { kind, ...more } = verdict;
  return JSON.stringify({
    outcome: kind,
    ...more,
    dialled: writeAddress(dialled),
    local: writeAddress(local),
    timingsMs: timings(seen),
    messages,
  });
}

function fail(io: Io, why: string): ExitCode {
  io.err(`landfall call: ${why}`);
  return EXIT.failed;
}
