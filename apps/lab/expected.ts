import type { CallerType } from './caller-words.ts';
import { type Outcome, transportOf, type Verdict } from './verdict.ts';

const WHY_CHARS_MAX = 85;
const EXPECTED_HEAD = [
  '# What each row of the flap matrix comes to today: row, types of caller, outcome.',
  '# T calls by TCP, the others by UDP. Only the outcome is compared; the reason is for readers.',
  '',
].join('\n');

/**
 * The lines of the expectation file: `row callers/transport outcome: why`. Blank lines and lines
 * that begin with # say nothing.
 */
export function readExpected(text: string): readonly Verdict[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const found = /^(\S+)\s+([HPIST]+)\s+(pass|fail|n\/a)(?::\s*(.*))?$/.exec(line);
    if (found === null)
      throw new Error(`line ${index + 1} of the expectations is not read: ${line}`);
    const [, row = '', callers = '', outcome, why = ''] = found;
    return callers.split('').map(
      (caller): Verdict => ({
        row,
        caller: caller as CallerType,
        transport: transportOf(caller as CallerType),
        outcome: outcome as Outcome,
        why: why.trim(),
      }),
    );
  });
}

/** The same as a text that can be committed. */
export function writeExpected(verdicts: readonly Verdict[]): string {
  const lines = grouped(verdicts).map(
    ({ row, callers, outcome, why }) =>
      `${row.padEnd(4)} ${callers.padEnd(5)} ${outcomeOf(outcome, shortened(why))}\n`,
  );
  return `${EXPECTED_HEAD}${lines.join('')}`;
}

/** Callers that a row came to the same for. */
export type Group = Pick<Verdict, 'row' | 'outcome' | 'why'> & { readonly callers: string };

export function grouped(verdicts: readonly Verdict[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { row, caller, outcome, why } of verdicts) {
    const key = `${row} ${outcome} ${why}`;
    const callers = `${groups.get(key)?.callers ?? ''}${caller}`;
    groups.set(key, { row, callers, outcome, why });
  }
  return [...groups.values()];
}

export const outcomeOf = (outcome: Outcome, why: string) =>
  why === '' ? outcome : `${outcome}: ${why}`;

/** A whole verdict is in the log of the calls. */
const shortened = (why: string) =>
  why.length <= WHY_CHARS_MAX ? why : `${why.slice(0, WHY_CHARS_MAX)} ...`;

export type Difference = {
  readonly seen: Verdict;
  /** Absent: the row and caller are not in the file. */
  readonly expected: Verdict | undefined;
};

export function differences(seen: readonly Verdict[], expected: readonly Verdict[]): Difference[] {
  return seen.flatMap((one) => {
    const wanted = expected.find(({ row, caller }) => row === one.row && caller === one.caller);
    return wanted?.outcome === one.outcome ? [] : [{ seen: one, expected: wanted }];
  });
}
