import type { CallRecord } from '../../call/record.ts';
import { rangMs } from './headline.ts';
import { isFailed } from './words.ts';

export const GROUPINGS = ['gateway', 'reason', 'fault', 'trunk', 'site', 'hour'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** The figures of some calls. */
export type Figures = {
  readonly calls: number;
  readonly emergency: number;
  readonly failed: number;
  readonly answered: number;
  /** In tenths of a second, as milliseconds; undefined: none of them rang. */
  readonly ringMsMedian: number | undefined;
};
export type GroupFigures = Figures & { readonly name: string };

/** A year of hours, and more gateways than anybody has. */
const GROUPS_MAX = 10_000;
const REST = '(other)';
const RING_STEP_MS = 100;

type Sum = {
  calls: number;
  emergency: number;
  failed: number;
  answered: number;
  /** How many calls rang that many tenths of a second. */
  readonly rings: Map<number, number>;
};

/** Adds calls up, in groups and in total, and holds no call. */
export class CallGroups {
  readonly #grouping: Grouping | undefined;
  readonly #groups = new Map<string, Sum>();
  readonly #total = newSum();

  constructor(grouping: Grouping | undefined) {
    this.#grouping = grouping;
  }

  add(record: CallRecord): void {
    const answered = record.times.answered !== undefined;
    addTo(this.#total, record, answered);
    switch (this.#grouping) {
      case undefined:
        return;
      case 'gateway':
        // A gateway answers for its own try: another one may have saved the call.
        for (const [gateway, took] of gatewaysOf(record)) {
          addTo(this.#group(gateway), record, took && answered);
        }
        return;
      default:
        addTo(this.#group(nameOf(record, this.#grouping)), record, answered);
    }
  }

  total(): Figures {
    return figuresOf(this.#total);
  }

  /** The worst first: most failures, then the smallest answered share. */
  worstFirst(): GroupFigures[] {
    const groups = [...this.#groups].map(([name, sum]) => ({ name, ...figuresOf(sum) }));
    return groups.sort(
      (one, other) =>
        other.failed - one.failed ||
        (answeredShare(one) ?? 0) - (answeredShare(other) ?? 0) ||
        other.calls - one.calls ||
        (one.name < other.name ? -1 : 1),
    );
  }

  #group(name: string): Sum {
    const key = this.#groups.has(name) || this.#groups.size < GROUPS_MAX ? name : REST;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const sum = newSum();
    this.#groups.set(key, sum);
    return sum;
  }
}

/** Between 0 and 1; undefined where there were no calls. */
export function answeredShare({ calls, answered }: Figures): number | undefined {
  return calls === 0 ? undefined : answered / calls;
}

function nameOf(record: CallRecord, grouping: Exclude<Grouping, 'gateway'>): string {
  switch (grouping) {
    case 'trunk':
      return record.trunk ?? '(unknown source)';
    case 'hour':
      return hourOf(record.receivedAt);
    default:
      return record[grouping];
  }
}

/** `2026-11-20 03:00Z`. */
function hourOf(unixMs: number): string {
  if (Math.abs(unixMs) > 8.64e15) return '?';
  const iso = new Date(unixMs).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 13)}:00Z`;
}

/** Each gateway once, with whether one of its tries was taken. */
function gatewaysOf({ attempts }: CallRecord): ReadonlyMap<string, boolean> {
  const took = new Map<string, boolean>();
  for (const { gateway, status } of attempts) {
    const isTaken = status >= 200 && status < 300;
    took.set(gateway, isTaken || took.get(gateway) === true);
  }
  return took.size > 0 ? took : new Map([['(none tried)', false]]);
}

function newSum(): Sum {
  return { calls: 0, emergency: 0, failed: 0, answered: 0, rings: new Map() };
}

function addTo(sum: Sum, record: CallRecord, answered: boolean): void {
  sum.calls += 1;
  if (record.emergency) sum.emergency += 1;
  if (isFailed(record)) sum.failed += 1;
  if (answered) sum.answered += 1;
  const rang = rangMs(record);
  if (rang === undefined) return;
  const tenths = Math.round(Math.max(0, rang) / RING_STEP_MS);
  sum.rings.set(tenths, (sum.rings.get(tenths) ?? 0) + 1);
}

function figuresOf({ rings, ...figures }: Sum): Figures {
  return { ...figures, ringMsMedian: medianOf(rings) };
}

/** The lower one of two in the middle. */
function medianOf(rings: ReadonlyMap<number, number>): number | undefined {
  const sorted = [...rings].sort(([one], [other]) => one - other);
  const half = sorted.reduce((sum, [, count]) => sum + count, 0) / 2;
  let passed = 0;
  for (const [tenths, count] of sorted) {
    passed += count;
    if (passed >= half) return tenths * RING_STEP_MS;
  }
  return undefined;
}
