import { readFileSync, statSync } from 'node:fs';
import { type CredentialFiles, readCredentials } from '../../config/credentials.ts';
import { keyOf } from '../../config/problems.ts';
import { fewAMinute } from '../../lib/base/few-a-minute.ts';
import type { World } from '../../lib/base/time.ts';
import { tcpStreams } from '../../lib/engine/builtin/sockets/tcp.ts';
import {
  type CredentialStore,
  type Credentials,
  type TlsRefusal,
  tlsStreams,
} from '../../lib/engine/builtin/sockets/tls.ts';
import type { StreamsBy } from '../../lib/engine/builtin/streams.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';

/** How soon files that were renewed are seen. */
const LOOK_EVERY_MS = 2000;
/** Refused handshakes that are told of in a minute; the others are counted. */
const TOLD_PER_MINUTE_MAX = 10;

export type SiteStreams = {
  readonly by: StreamsBy;
  /** When the certificate ends, Unix milliseconds; absent: there is none. */
  certificateUntil(): number | undefined;
  close(): void;
};

type Parts = { readonly world: World; readonly sink: EventSink };

/** The connections of a site; those of TLS where it has a certificate, which is renewed on disk. */
export function siteStreams(files: CredentialFiles | undefined, parts: Parts): SiteStreams {
  const tcp = tcpStreams();
  if (files === undefined)
    return { by: { tcp }, certificateUntil: () => undefined, close: () => undefined };
  const store = openStore(files, parts);
  const { asksCallers } = files;
  const tls = tlsStreams({ credentials: store, asksCallers, onRefused: teller(parts) });
  return { by: { tcp, tls }, certificateUntil: () => store.until(), close: () => store.close() };
}

type Store = CredentialStore & { until(): number; close(): void };

function openStore(files: CredentialFiles, { world, sink }: Parts): Store {
  const { clock, timers } = world;
  const takers: ((credentials: Credentials) => void)[] = [];
  const read = () => readCredentials(files, (path) => readFileSync(path, 'utf8'), clock.unix());
  const first = read();
  if (first.kind === 'bad') throw new Error(`${keyOf(['tls', ...first.path])} ${first.wrong}`);
  let current = first;
  let seen = marksOf(files);
  let told: string | undefined;

  /** What is half written is looked at again; what stays wrong is told of once. */
  const look = () => {
    const marks = marksOf(files);
    if (marks === seen) return;
    const next = read();
    if (next.kind === 'bad') {
      const { path, wrong, want } = next;
      const says = `${keyOf(['tls', ...path])} ${wrong}; ${want}`;
      if (says !== told) sink.note({ event: 'certificate-refused', level: 'error', why: says });
      told = says;
      return;
    }
    [seen, current, told] = [marks, next, undefined];
    const until = new Date(next.untilUnix).toISOString();
    sink.note({ event: 'certificate-taken', level: 'info', until });
    for (const take of takers) take(next.credentials);
  };
  const again = () => {
    look();
    alarm = timers.set(LOOK_EVERY_MS, again);
  };
  let alarm = timers.set(LOOK_EVERY_MS, again);
  return {
    now: () => current.credentials,
    onRenewed: (take) => void takers.push(take),
    until: () => current.untilUnix,
    close: () => timers.clear(alarm),
  };
}

/** Differs when one of the files does. */
function marksOf({ certificate, key, also, authorities }: CredentialFiles): string {
  const further = also.flatMap((pair) => [pair.certificate, pair.key]);
  const marks = [certificate, key, ...further, authorities].map((path) => {
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? 'none' : `${stat.ino}.${stat.size}.${stat.mtimeMs}`;
  });
  return marks.join(' ');
}

/** Strangers knock all day: a few are told of, all are counted. They hide no gateway of ours. */
function teller({ world, sink }: Parts): (refusal: TlsRefusal) => void {
  const mayTell = {
    us: fewAMinute(TOLD_PER_MINUTE_MAX, world),
    them: fewAMinute(TOLD_PER_MINUTE_MAX, world),
  };
  return ({ by, remote, name, why }) => {
    sink.count('tls_refused', by);
    if (!mayTell[by]()) return;
    const level = by === 'us' ? 'warn' : 'info';
    sink.note({ event: 'tls-refused', level, by, remote, name, why });
  };
}
