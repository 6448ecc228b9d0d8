import { beforeEach, describe, expect, test } from '@jest/globals';
import { unixMs } from '../../../../lib/base/brands.ts';
import { callIdOf } from '../../../../lib/call/ids.ts';
import type { CallRecord } from '../../../../lib/call/record.ts';
import { RecentCalls } from '../../../../lib/observe/recent-calls.ts';
import {
  type Page,
  pageOf,
  readPage,
  readQuestion,
  type Start,
  writePage,
  writeQuestion,
} from '../../../../lib/observe/sites/records-page.ts';
import { BEGIN, someRecord } from '../some-call.ts';

const EPOCH = 7;
const ALL = { failed: false, number: undefined, gateway: undefined };
const FAILED = { ...ALL, failed: true };
const KEPT = 10;

let recent: RecentCalls;
beforeEach(() => {
  recent = new RecentCalls(KEPT);
});

/** Call number `at` ends so many seconds after the first one; every third one fails. */
function end(at: number, changes: Partial<CallRecord> = {}): void {
  const times = { ...someRecord().times, ended: unixMs(BEGIN + 1000 * at) };
  const fault = at % 3 === 0 ? 'gateway' : 'none';
  recent.record(someRecord({ callId: callIdOf(`c${at}`), times, fault, ...changes }), () => '');
}

function ended(from: number, to: number): void {
  for (let at = from; at <= to; at += 1) end(at);
}

const left = (serial: number, epoch = EPOCH): Start => ({ from: 'cursor', epoch, serial });
const ask = (start: Start, wanted = ALL) => pageOf(recent, EPOCH, { wanted, start });
const names = ({ records }: Page) => records.map(({ callId }) => callId).join(' ');

describe('a page of records', () => {
  test('has the last ones that are wanted, in their order, and says where to go on', () => {
    ended(1, 8);
    const page = ask({ from: 'last', count: 3 });

    expect(names(page)).toBe('c6 c7 c8');
    expect(page).toMatchObject({ cursor: { epoch: 7, serial: 8 }, hasMore: false, missed: 0 });
    expect(names(ask({ from: 'last', count: 2 }, FAILED))).toBe('c3 c6');
    expect(names(ask({ from: 'last', count: 100 }))).toBe('c1 c2 c3 c4 c5 c6 c7 c8');
  });

  test('has none for who wants none of the past, and what comes later', () => {
    ended(1, 3);
    const page = ask({ from: 'last', count: 0 });
    expect(page).toMatchObject({ records: [], cursor: { serial: 3 }, hasMore: false });
    ended(4, 5);

    expect(names(ask({ from: 'cursor', ...page.cursor }))).toBe('c4 c5');
  });

  test('has what has ended since a moment', () => {
    ended(1, 5);

    expect(names(ask({ from: 'since', at: BEGIN + 4000 }))).toBe('c4 c5');
    expect(ask({ from: 'since', at: BEGIN + 6000 })).toMatchObject({
      records: [],
      cursor: { serial: 5 },
    });
  });

  test('looks once at what is not wanted', () => {
    ended(1, 5);

    expect(ask(left(3), FAILED)).toMatchObject({ records: [], cursor: { serial: 5 } });
  });

  test('counts what is not kept any more, and only what is behind the cursor', () => {
    ended(1, 14);

    expect(ask(left(2))).toMatchObject({ missed: 2, cursor: { serial: 14 } });
    expect(ask(left(4)).missed).toBe(0);
    expect(ask({ from: 'last', count: 100 }).missed).toBe(0);
    expect(ask({ from: 'since', at: 0 }).missed).toBe(0);
  });

  test('begins anew for who knows another start of the node', () => {
    ended(1, 4);

    expect(names(ask(left(3, EPOCH - 1)))).toBe('c1 c2 c3 c4');
    ended(5, 12);
    expect(ask(left(3, EPOCH - 1)).missed).toBe(2);
  });

  test('is of bounded size, and all pages together have all', () => {
    for (let at = 1; at <= KEPT; at += 1) end(at, { from: `<sip:${'x'.repeat(5000)}@a>` });
    const found: string[] = [];
    let page = ask(left(0));
    for (let turns = 1; turns < KEPT; turns += 1) {
      expect(writePage(page).length).toBeLessThan(17_000);
      found.push(names(page));
      if (!page.hasMore) break;
      page = ask({ from: 'cursor', ...page.cursor });
    }

    expect(found).toEqual(['c1 c2', 'c3 c4', 'c5 c6', 'c7 c8', 'c9 c10']);
  });

  test('has a large record alone, and counts one that no frame could hold', () => {
    end(1);
    end(2, { from: 'y'.repeat(50_000) });
    end(3, { from: 'z'.repeat(60_000) });
    end(4);

    expect(names(ask(left(0)))).toBe('c1');
    expect(ask(left(1))).toMatchObject({ missed: 1, cursor: { serial: 3 }, hasMore: true });
    expect(names(ask(left(1)))).toBe('c2');
    expect(names(ask(left(3)))).toBe('c4');
  });

  test('of who asks beyond the last record is empty, and leads back to it', () => {
    ended(1, 3);

    expect(ask(left(900))).toEqual({
      cursor: { epoch: 7, serial: 3 },
      hasMore: false,
      missed: 0,
      records: [],
    });
  });
});

describe('a question and its page on the wire', () => {
  test('come out as they went in', () => {
    end(1, { trunk: 'carrier-x' });
    const page = ask(left(0));
    expect(readPage(writePage(page))).toEqual(page);
    for (const start of [left(3), { from: 'last', count: 20 }, { from: 'since', at: 9 }] as const) {
      const question = { wanted: { failed: true, number: '+46', gateway: 'psap-a' }, start };
      expect(readQuestion(writeQuestion(question))).toEqual(question);
    }
    expect(readQuestion(writeQuestion({ wanted: ALL, start: left(3) }))).toEqual({
      wanted: ALL,
      start: left(3),
    });
  });

  test.each([
    '',
    'null',
    '[]',
    '"x"',
    '{"wanted":{},"start":{"from":"last","count":1}}',
    '{"wanted":{"failed":false},"start":{"from":"first","count":1}}',
    '{"wanted":{"failed":false},"start":{"from":"last","count":-1}}',
    '{"wanted":{"failed":false},"start":{"from":"last","count":1e9}}',
    '{"wanted":{"failed":false},"start":{"from":"since","at":"now"}}',
    '{"wanted":{"failed":false},"start":{"from":"cursor","epoch":1}}',
    '{"wanted":{"failed":false,"number":1},"start":{"from":"last","count":1}}',
    '{"wanted":{"failed":false,"gateway":[]},"start":{"from":"last","count":1}}',
  ])('are none if they are %s', (text) => {
    expect(readQuestion(Buffer.from(text))).toBeUndefined();
  });

  test.each([
    '',
    'null',
    '{"cursor":{"epoch":1,"serial":1},"hasMore":false,"missed":0}',
    '{"cursor":{"epoch":1,"serial":1},"hasMore":false,"missed":0,"records":[{}]}',
    '{"cursor":{"epoch":1,"serial":1},"hasMore":1,"missed":0,"records":[]}',
    '{"cursor":{"epoch":1,"serial":1},"hasMore":true,"missed":0.5,"records":[]}',
    '{"cursor":{"epoch":1},"hasMore":true,"missed":0,"records":[]}',
    '{"cursor":7,"hasMore":true,"missed":0,"records":[]}',
  ])('are no page if they are %s', (text) => {
    expect(readPage(Buffer.from(text))).toBeUndefined();
  });
});
