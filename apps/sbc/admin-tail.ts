import type { ServerResponse } from 'node:http';
import type { CallRecord } from '../../lib/call/record.ts';
import type { RecentCalls } from '../../lib/observe/recent-calls.ts';
import { refuse } from './admin-refusal.ts';

/** A reader that is this far behind is cut off; it comes back and asks for what it missed. */
const BEHIND_BYTES_MAX = 1024 * 1024;
const SIGN_OF_LIFE_MS = 15_000;

/** Sends the last records, then each one as it comes, and an empty line now and then. */
export function streamRecords(
  response: ServerResponse,
  recent: RecentCalls,
  wanted: (record: CallRecord) => boolean,
  limit: number,
): void {
  const stop = recent.follow((record, line) => {
    if (wanted(record)) send(response, line());
  });
  if (stop === undefined) {
    refuse(response, 503, 'too many follow the calls already');
    return;
  }
  const signs = setInterval(() => send(response, '\n'), SIGN_OF_LIFE_MS);
  response.on('close', () => {
    stop();
    clearInterval(signs);
  });
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const last = limit === 0 ? [] : recent.records(wanted, limit);
  for (const record of last) send(response, `${JSON.stringify(record)}\n`);
}

function send(response: ServerResponse, line: string): void {
  if (response.writableLength > BEHIND_BYTES_MAX) response.destroy();
  else response.write(line);
}
