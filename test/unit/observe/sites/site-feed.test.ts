import { describe, expect, test } from '@jest/globals';
import { monoMs } from '../../../../lib/base/brands.ts';
import type { Page } from '../../../../lib/observe/sites/records-page.ts';
import { feed, firstFeed, type Heard, startOf } from '../../../../lib/observe/sites/site-feed.ts';
import {
  readRemark,
  remarkInWords,
  type SiteRemark,
} from '../../../../lib/observe/sites/site-remark.ts';
import { someRecord } from '../some-call.ts';

const page = (serial: number, changes: Partial<Page> = {}): Heard => ({
  kind: 'page',
  page: { cursor: { epoch: 7, serial }, hasMore: false, missed: 0, records: [], ...changes },
});
const silence = (why: 'down' | 'late' | 'shed' | 'closed' | 'not-understood'): Heard => ({
  kind: 'unknown',
  why,
});

/** What is remarked, one after the other, of what a site says each second. */
function hears(...all: readonly Heard[]) {
  let now = firstFeed('got', monoMs(0));
  const said: (readonly string[])[] = [];
  for (const [index, heard] of all.entries()) {
    const { feed: next, remarks } = feed(now, heard, monoMs((index + 1) * 1000));
    said.push(remarks.map((one) => (one.remark === 'lost' ? `lost ${one.why}` : one.remark)));
    now = next;
  }
  return { said, now };
}

describe('the calls of one site among those of all', () => {
  test('are asked for where they were left, or from where it is said', () => {
    const otherwise = { from: 'since', at: 5 } as const;

    expect(startOf(firstFeed('got', monoMs(0)), otherwise)).toBe(otherwise);
    expect(startOf(hears(page(4)).now, otherwise)).toEqual({ from: 'cursor', epoch: 7, serial: 4 });
    const { now } = hears(page(4), silence('down'));
    expect(startOf(now, otherwise)).toEqual({ from: 'cursor', epoch: 7, serial: 4 });
  });

  test('are handed on, and it is told whether there are more already', () => {
    const first = firstFeed('got', monoMs(0));
    const records = [someRecord()];

    expect(feed(first, page(1, { records, hasMore: true }), monoMs(1))).toMatchObject({
      records,
      isSpent: false,
    });
    expect(feed(first, page(1, { records }), monoMs(1)).isSpent).toBe(true);
  });

  test('stay away while the link is down, which is told once, and when they are back', () => {
    const down = silence('down');

    expect(hears(page(1), down, down, page(2), page(2)).said).toEqual([
      [],
      ['lost down'],
      [],
      ['back'],
      [],
    ]);
  });

  test('may be late for five seconds, and busy, before that is told', () => {
    const late = silence('late');

    expect(hears(page(1), late, silence('shed'), late, late, late, late, page(1)).said).toEqual([
      [],
      [],
      [],
      [],
      [],
      ['lost late'],
      [],
      ['back'],
    ]);
  });

  test('are told of by another reason when that changes', () => {
    const all = [silence('closed'), silence('not-understood'), { kind: 'unreadable' } as const];

    expect(hears(...all).said).toEqual([
      ['lost down'],
      ['lost not-understood'],
      ['lost unreadable'],
    ]);
  });

  test('of a new start of the node, or beyond what it keeps, are told of', () => {
    const anew = page(2, { cursor: { epoch: 8, serial: 2 } });

    expect(hears(page(9), silence('down'), anew, page(9, { missed: 3 })).said).toEqual([
      [],
      ['lost down'],
      ['back', 'restarted'],
      ['restarted', 'missed'],
    ]);
    expect(hears(anew).said).toEqual([[]]);
  });
});

describe('a remark on a site', () => {
  const REMARKS: readonly (readonly [SiteRemark, string])[] = [
    [
      { remark: 'lost', site: 'got', why: 'down' },
      'got is out of reach (no link); its calls follow when it is back',
    ],
    [
      { remark: 'lost', site: 'got', why: 'late' },
      'got is out of reach (no answer); its calls follow when it is back',
    ],
    [
      { remark: 'lost', site: 'got', why: 'not-understood' },
      'got runs an older release, which passes no calls on',
    ],
    [
      { remark: 'lost', site: 'got', why: 'unreadable' },
      'got answers what cannot be read here; is it of another release?',
    ],
    [{ remark: 'back', site: 'got' }, 'got is back'],
    [
      { remark: 'restarted', site: 'got' },
      'got was started anew; what it had not passed on before stands in its record file',
    ],
    [
      { remark: 'missed', site: 'got', count: 12 },
      'got keeps 12 more calls no longer; its record file has them',
    ],
  ];

  test.each(REMARKS)('is a line, and a sentence: %j', (remark, words) => {
    expect(readRemark(JSON.stringify(remark))).toEqual(remark);
    expect(remarkInWords(remark)).toBe(words);
  });

  test.each([
    '',
    JSON.stringify(someRecord()),
    '{"remark":"lost","site":"got"}',
    '{"remark":"lost","site":"got","why":"toString"}',
    '{"remark":"missed","site":"got"}',
    '{"remark":"found","site":"got"}',
    '{"remark":"back"}',
    '{"remark":"back"',
  ])('is not this: %s', (line) => {
    expect(readRemark(line)).toBeUndefined();
  });
});
