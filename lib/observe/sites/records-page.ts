import type { CallRecord } from '../../call/record.ts';
import { type Fields, fieldsOf, jsonIn } from '../read/json-fields.ts';
import { parseRecord } from '../read/parse-story.ts';
import { isWanted, type Wanted } from '../read/wanted.ts';
import type { RecentCalls } from '../recent-calls.ts';

/** Up to which record of which start of a node all have been looked at. */
export type Cursor = { readonly epoch: number; readonly serial: number };

/** Where to begin: so many of the last, or what has ended since a moment, or where it was left. */
export type Start =
  | { readonly from: 'last'; readonly count: number }
  | { readonly from: 'since'; readonly at: number }
  | ({ readonly from: 'cursor' } & Cursor);

export type Question = { readonly wanted: Wanted; readonly start: Start };

/** A part of the records that were asked for. */
export type Page = {
  readonly cursor: Cursor;
  /** The next page is there already. */
  readonly hasMore: boolean;
  /** Records that are not kept any more, or are too large to be passed on, wanted or not. */
  readonly missed: number;
  readonly records: readonly CallRecord[];
};

/** As much as may stand in front of a stray on a link. */
const PAGE_BYTES = 16_000;
/** What fits into one frame with all that surrounds it. */
const RECORD_BYTES_MAX = 60_000;
const COUNT_MAX = 100_000;

/** Makes the page that answers a question; `epoch` is the start of this node. */
export function pageOf(recent: RecentCalls, epoch: number, { wanted, start }: Question): Page {
  const { lastSerial } = recent;
  const begin = Math.min(serialBefore(recent, epoch, wanted, start), lastSerial);
  const records: CallRecord[] = [];
  let [serial, bytes, missed] = [begin, 0, 0];
  let isFirst = start.from === 'cursor';
  for (const next of recent.numbered()) {
    if (next.serial <= serial) continue;
    if (isFirst) missed += next.serial - serial - 1;
    isFirst = false;
    const length = isWanted(next.record, wanted) ? bytesOf(next.record) : 0;
    if (length > RECORD_BYTES_MAX) missed += 1;
    else if (length > 0) {
      if (records.length > 0 && bytes + length > PAGE_BYTES) break;
      records.push(next.record);
      bytes += length;
    }
    serial = next.serial;
  }
  return { cursor: { epoch, serial }, hasMore: serial < lastSerial, missed, records };
}

/** The serial number of the record before the first one that may be wanted. */
function serialBefore(recent: RecentCalls, epoch: number, wanted: Wanted, start: Start): number {
  if (start.from === 'cursor') return start.epoch === epoch ? start.serial : 0;
  const serials: number[] = [];
  for (const { record, serial } of recent.numbered()) {
    const isMeant = start.from === 'last' || record.times.ended >= start.at;
    if (isMeant && isWanted(record, wanted)) serials.push(serial);
  }
  const skipped = start.from === 'last' ? Math.max(0, serials.length - start.count) : 0;
  const first = serials[skipped];
  return first === undefined ? recent.lastSerial : first - 1;
}

const bytesOf = (record: CallRecord) => Buffer.byteLength(JSON.stringify(record));

export const writeQuestion = (question: Question) => Buffer.from(JSON.stringify(question));

export const writePage = (page: Page) => Buffer.from(JSON.stringify(page));

/** Undefined: it asks for nothing that there is. A newer version may add to it. */
export function readQuestion(bytes: Buffer): Question | undefined {
  const { wanted, start } = fieldsOf(jsonIn(bytes.toString()));
  const { failed, number, gateway } = fieldsOf(wanted);
  const found = startOf(fieldsOf(start));
  if (found === undefined || typeof failed !== 'boolean') return undefined;
  if (!isText(number) || !isText(gateway)) return undefined;
  return { wanted: { failed, number, gateway }, start: found };
}

function startOf({ from, count, at, epoch, serial }: Fields): Start | undefined {
  if (from === 'last') return isCount(count, COUNT_MAX) ? { from, count } : undefined;
  if (from === 'since') return isCount(at) ? { from, at } : undefined;
  if (from !== 'cursor' || !isCount(epoch) || !isCount(serial)) return undefined;
  return { from, epoch, serial };
}

/** Undefined: it is no page. A newer version may add to it. */
export function readPage(bytes: Buffer): Page | undefined {
  const { cursor, hasMore, missed, records } = fieldsOf(jsonIn(bytes.toString()));
  const { epoch, serial } = fieldsOf(cursor);
  if (!isCount(epoch) || !isCount(serial) || !isCount(missed)) return undefined;
  if (typeof hasMore !== 'boolean' || !Array.isArray(records)) return undefined;
  const read = records.map(parseRecord).filter((record) => record !== undefined);
  if (read.length < records.length) return undefined;
  return { cursor: { epoch, serial }, hasMore, missed, records: read };
}

function isCount(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
