import type { Transport } from '../../../lib/sip/address.ts';
import type { Stage } from './stage.ts';
import type { Ability, Subject } from './subject.ts';

/** What an engine owes, and a test of it. */
export type Promised = {
  readonly title: string;
  readonly act: (stage: Stage) => Promise<void>;
  readonly needs: Needs;
};

/** What a promise asks of an engine beyond what each of them can do. */
export type Needs = {
  readonly ability?: Ability;
  /** The test waits so long for the engine's timers. */
  readonly waitsMs?: number;
  /** It is one of that transport alone. */
  readonly only?: Transport;
};

export function promised(title: string, act: Promised['act'], needs: Needs = {}): Promised {
  return { title, act, needs };
}

/** How fast the timers of an engine run whose timers are the world's. */
const TIMES = 50;

/** How much faster than the clock the engine runs for one promise. */
export function timesFor({ timers }: Subject, { waitsMs = 0 }: Needs): number {
  return waitsMs > 0 && timers === 'of-the-world' ? TIMES : 1;
}

/** Why an engine is not asked for a promise; undefined: it is. */
export function reasonAgainst(subject: Subject, needs: Needs): string | undefined {
  const { lacks, patienceMs } = subject;
  const { ability, waitsMs = 0 } = needs;
  const reallyMs = waitsMs / timesFor(subject, needs);
  if (ability !== undefined && lacks[ability] !== undefined) return lacks[ability];
  if (reallyMs <= patienceMs) return undefined;
  return `it takes ${reallyMs} ms by timers of its own, and ${patienceMs} are allowed`;
}
