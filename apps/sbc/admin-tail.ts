import type { ServerResponse } from 'node:http';
import type { CallRecord } from '../../lib/call/record.ts';
import type { RecentCalls } from '../../lib/observe/recent-calls.ts';
import type { AllSites } from '../../lib/observe/sites/all-sites.ts';
import type { SitesTailOptions } from '../../lib/observe/sites/sites-tail.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import { refuse } from './admin-refusal.ts';

/** A reader that is this far behind is cut off; it comes back and asks for what it missed. */
const BEHIND_BYTES_MAX = 1024 * 1024;
const SIGN_OF_LIFE_MS = 15_000;

type Sink = Pick<EventSink, 'note'>;

/** Sends the last records, then each one as it comes, and an empty line now and then. */
export function streamRecords(
  response: ServerResponse,
  { recent, sink }: { readonly recent: RecentCalls; readonly sink: Sink },
  wanted: (record: CallRecord) => boolean,
  limit: number,
): void {
  const stop = recent.follow((record, line) => {
    if (wanted(record)) send(response, line(), sink);
  });
  if (stop === undefined) {
    refuse(response, 503, 'too many follow the calls already');
    return;
  }
  open(response, stop, sink);
  const last = limit === 0 ? [] : recent.records(wanted, limit);
  for (const record of last) send(response, lineOf(record), sink);
}

/** The same of all sites, with remarks on those that are not there. */
export function streamSites(
  response: ServerResponse,
  { allSites, sink }: { readonly allSites: AllSites; readonly sink: Sink },
  options: Pick<SitesTailOptions, 'wanted' | 'lines' | 'isFollowed'>,
): void {
  const stop = allSites.tail({
    ...options,
    onRecord: (record) => send(response, lineOf(record), sink),
    onRemark: (remark) => send(response, lineOf(remark), sink),
    onEnd: () => void response.end(),
  });
  if (stop === undefined) refuse(response, 503, 'too many follow the calls of all sites already');
  else open(response, stop, sink);
}

function open(response: ServerResponse, stop: () => void, sink: Sink): void {
  const signs = setInterval(() => send(response, '\n', sink), SIGN_OF_LIFE_MS);
  response.on('close', () => {
    stop();
    clearInterval(signs);
  });
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
  response.flushHeaders();
}

const lineOf = (told: object) => `${JSON.stringify(told)}\n`;

function send(response: ServerResponse, line: string, sink: Sink): void {
  const behindBytes = response.writableLength;
  if (behindBytes <= BEHIND_BYTES_MAX) response.write(line);
  else if (!response.destroyed) {
    sink.note({ event: 'tail-dropped', level: 'info', behindBytes });
    response.destroy();
  }
}
