import type { CallTrace } from './call-trace.ts';
import type { CallerType } from './caller-words.ts';
import type { Take } from './row.ts';

const WHY_CHARS_MAX = 85;
const EXPECTED_HEAD = [
  '# What each row of the flap matrix comes to today: row, types of caller, outcome.',
  '# T calls by TCP, the others by UDP. Only the outcome is compared; the reason is for readers.',
  '',
].join('\n');

export type Outcome = 'pass' | 'fail' | 'n/a';

/** What became of a row for one type of caller. */
export type Verdict = {
  readonly row: string;
  readonly caller: CallerType;
  readonly transport: 'udp' | 'tcp';
  readonly outcome: Outcome;
  /** Of a failure and of n/a. */
  readonly why: string;
};

export const transportOf = (caller: CallerType) => (caller === 'T' ? 'tcp' : 'udp');

export type PlayedTake = { readonly take: Take; readonly trace: CallTrace };

/** Every take of a row must hold. */
export function judge(row: string, caller: CallerType, takes: readonly PlayedTake[]): Verdict {
  const faults = takes.flatMap(({ take, trace }) => {
    const wrong = faultsOf(take, trace);
    if (wrong.length === 0) return [];
    const said = wrong.join(', ');
    return takes.length === 1 ? [said] : [`${take.name}: ${said}`];
  });
  const outcome = faults.length === 0 ? 'pass' : 'fail';
  return { row, caller, transport: transportOf(caller), outcome, why: faults.join('; ') };
}

export function faultsOf(take: Take, trace: CallTrace): readonly string[] {
  const wrong = take.must.flatMap((check) => check(trace) ?? []);
  return [...new Set(wrong)];
}

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

/** The same as a text that can be committed: callers of one outcome share a line. */
export function writeExpected(verdicts: readonly Verdict[]): string {
  const lines = new Map<string, { row: string; callers: string; end: string }>();
  for (const { row, caller, outcome, why } of verdicts) {
    const end = why === '' ? outcome : `${outcome}: ${shortened(why)}`;
    const key = `${row} ${end}`;
    const known = lines.get(key);
    if (known === undefined) lines.set(key, { row, callers: caller, end });
    else known.callers += caller;
  }
  const rows = [...lines.values()]
    .map(({ row, callers, end }) => `${row.padEnd(4)} ${callers.padEnd(5)} ${end}\n`)
    .join('');
  return `${EXPECTED_HEAD}${rows}`;
}

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
