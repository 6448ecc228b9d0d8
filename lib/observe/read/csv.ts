import type { CallRecord } from '../../call/record.ts';
import { plainText } from './plain-text.ts';

type Cell = string | number | boolean | undefined;

/** A line of RFC 4180; absent is empty. A text that a spreadsheet would run gets an apostrophe. */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map(cellOf).join(',');
}

export const RECORD_CSV_HEAD =
  'callId,site,receivedAt,receivedOn,source,trunk,from,to,emergency,' +
  'ringing,answered,ended,moved,gateways,fault,reason,status,durationMs,fromGateway';

export function recordCsv(record: CallRecord): string {
  const { times } = record;
  return csvLine([
    record.callId,
    record.site,
    moment(record.receivedAt),
    record.receivedOn,
    record.source,
    record.trunk,
    record.from,
    record.to,
    record.emergency,
    moment(times.ringing),
    moment(times.answered),
    moment(times.ended),
    record.moved,
    record.attempts.map(({ gateway, status }) => `${gateway} ${status}`).join('; '),
    record.fault,
    record.reason,
    record.status,
    record.durationMs,
    record.fromGateway,
  ]);
}

function cellOf(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = plainText(cell);
  // A telephone number begins with a plus and is no formula.
  const isFormula = /^[=@\t-]/.test(text) || (text.startsWith('+') && !/^\+[\d ]*$/.test(text));
  const safe = isFormula ? `'${text}` : text;
  return /[",;\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function moment(unixMs: number | undefined): string | undefined {
  if (unixMs === undefined || Math.abs(unixMs) > 8.64e15) return undefined;
  return new Date(unixMs).toISOString();
}
