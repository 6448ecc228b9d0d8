import type { CallTrace } from './call-trace.ts';
import type { CallerType } from './caller-words.ts';
import type { Take } from './row.ts';

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
