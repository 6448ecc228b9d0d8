import type { HeapReading } from '../heap-reading.ts';
import type { DriverReport, ScenarioTally } from './tally.ts';
import type { Written } from './written.ts';

const GROWTH_MAX = 0.05;
/** By then all that lingers has lingered once, and the last 1,000 calls are kept. */
const STEADY_MINUTE = 2;

export type Soaked = {
  /** Before the load, and when all of it is over. */
  readonly drained: readonly [before: HeapReading, after: HeapReading];
  /** At the end of each minute of the load. */
  readonly minutes: readonly HeapReading[];
  /** Of the warm-up and of the load. */
  readonly reports: readonly DriverReport[];
  readonly written: Written;
  /** INVITEs that were another way of a call that had come already. */
  readonly joined: number;
  /** Calls that are up when all is over. */
  readonly left: number;
};

export type Condition = { readonly holds: boolean; readonly says: string };

export function conditionsOf(soaked: Soaked): readonly Condition[] {
  const { drained, reports, written } = soaked;
  const [before, after] = drained;
  const failed = reports.reduce((sum, report) => sum + totalOf(report, 'failed'), 0);
  const strangers = reports.reduce((sum, report) => sum + report.strangers, 0);
  return [
    ...(soaked.minutes.length > STEADY_MINUTE ? [underLoad(soaked.minutes)] : []),
    grownBy('heap when all is over, against before', before, after),
    {
      holds: after.handles === before.handles,
      says: `handles: ${before.handles} before, ${after.handles} after`,
    },
    asManyRecords(soaked),
    asManyMessages(soaked),
    { holds: soaked.left === 0, says: `calls that are still up: ${soaked.left}` },
    { holds: failed === 0, says: `scenarios that failed: ${failed}` },
    { holds: strangers === 0, says: `requests of the node that no call was for: ${strangers}` },
    { holds: written.bugs.length === 0, says: `bugs in its log: ${written.bugs.length}` },
  ];
}

function underLoad(minutes: Soaked['minutes']): Condition {
  const [steady, last] = [minutes[STEADY_MINUTE - 1], minutes.at(-1)];
  if (steady === undefined || last === undefined) throw new Error('no minute was read');
  const what = `heap under load, minute ${minutes.length} against minute ${STEADY_MINUTE}`;
  return grownBy(what, steady, last);
}

function grownBy(what: string, before: HeapReading, after: HeapReading): Condition {
  const growth = after.heap / before.heap - 1;
  const percent = `${growth < 0 ? '' : '+'}${(growth * 100).toFixed(1)} %`;
  return {
    holds: growth <= GROWTH_MAX,
    says: `${what}: ${megabytes(after.heap)} against ${megabytes(before.heap)} MB, ${percent}`,
  };
}

export const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);

function asManyRecords({ reports, written, joined }: Soaked): Condition {
  const invites = reports.reduce((sum, report) => sum + totalOf(report, 'invites'), 0);
  return {
    holds: written.records + joined === invites,
    says: `INVITEs: ${invites} sent, ${written.records} records and ${joined} joined to one`,
  };
}

function asManyMessages({ reports, written }: Soaked): Condition {
  const messages = reports.reduce((sum, report) => sum + totalOf(report, 'messages'), 0);
  return {
    holds: written.messages === messages,
    says: `MESSAGEs outside of calls: ${messages} sent, ${written.messages} records`,
  };
}

export function totalOf({ scenarios }: DriverReport, what: keyof ScenarioTally): number {
  return Object.values(scenarios).reduce((sum, tally) => sum + tally[what], 0);
}

/** What was played of each scenario, and what the node says became of it. */
export function tableOf({ reports, written }: Soaked): readonly string[] {
  const names = new Set(reports.flatMap(({ scenarios }) => Object.keys(scenarios)));
  const rows = [...names].map((name) => {
    const sum = (what: keyof ScenarioTally) =>
      reports.reduce((total, { scenarios }) => total + (scenarios[name]?.[what] ?? 0), 0);
    const records = written.byScenario.get(name);
    const ends = [...(records?.reasons ?? [])].map(([reason, count]) => `${reason} ${count}`);
    const sent = sum('invites') + sum('messages');
    return [name, sum('played'), sum('failed'), sent, records?.count ?? 0, ends.join(', ')];
  });
  const heads = ['scenario', 'played', 'failed', 'sent', 'records', 'how they ended'];
  return [heads, ...rows].map((row) =>
    row
      .map((cell, at) => (at === 0 ? `${cell}`.padEnd(18) : at < 5 ? `${cell}`.padStart(8) : cell))
      .join('  ')
      .trimEnd(),
  );
}
