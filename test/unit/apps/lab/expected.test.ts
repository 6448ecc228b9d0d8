import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { differences, readExpected, writeExpected } from '../../../../apps/lab/expected.ts';
import { CALLER_TYPES, ROWS } from '../../../../apps/lab/matrix.ts';
import type { Verdict } from '../../../../apps/lab/verdict.ts';

const COMMITTED = join(__dirname, '..', '..', '..', '..', 'apps', 'lab', 'expected.txt');
const SITES = 3;

const verdict = (caller: Verdict['caller'], outcome: Verdict['outcome'], why = ''): Verdict => ({
  row: 'F3',
  caller,
  transport: caller === 'T' ? 'tcp' : 'udp',
  outcome,
  why,
});

describe('expectations', () => {
  test('are read as they were written', () => {
    const all = [verdict('H', 'pass'), verdict('P', 'fail', '1 CANCEL: 481'), verdict('T', 'pass')];
    const text = writeExpected(all);
    expect(text.split('\n').slice(-3)).toEqual([
      'F3   HT    pass',
      'F3   P     fail: 1 CANCEL: 481',
      '',
    ]);
    expect(differences(all, readExpected(text))).toEqual([]);
    expect(readExpected(text)).toHaveLength(3);
  });

  test('differ by outcome, not by reason, and where a row is missing', () => {
    const seen = [verdict('H', 'fail', 'slow'), verdict('P', 'pass'), verdict('I', 'pass')];
    const expected = readExpected('F3 H fail: silent\nF3 P fail: 481\n');
    expect(differences(seen, expected)).toEqual([
      { seen: seen[1], expected: expected[1] },
      { seen: seen[2], expected: undefined },
    ]);
  });

  test('in other words are refused', () => {
    expect(() => readExpected('F3 H maybe\n')).toThrow('line 1');
  });
});

describe('the committed expectations', () => {
  const committed = readExpected(readFileSync(COMMITTED, 'utf8'));

  test('name every row for every type of caller, once', () => {
    const names = committed.map(({ row, caller }) => `${row} ${caller}`).sort();
    const wanted = ROWS.flatMap(({ id }) => CALLER_TYPES.map((caller) => `${id} ${caller}`)).sort();
    expect(names).toEqual(wanted);
  });

  test('say n/a exactly where a row says why it is not for that caller', () => {
    for (const row of ROWS)
      for (const caller of CALLER_TYPES) {
        const known = committed.find((one) => one.row === row.id && one.caller === caller);
        const why = row.notFor?.(caller, SITES);
        expect([row.id, caller, known?.outcome === 'n/a']).toEqual([
          row.id,
          caller,
          why !== undefined,
        ]);
        if (why !== undefined) expect(known?.why).toBe(why);
      }
  });
});
