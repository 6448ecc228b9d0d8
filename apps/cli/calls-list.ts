import { never } from '../../lib/base/never.ts';
import type { CallRecord } from '../../lib/call/record.ts';
import { CallGroups, GROUPINGS, type Grouping } from '../../lib/observe/read/call-groups.ts';
import { RECORD_CSV_HEAD, recordCsv } from '../../lib/observe/read/csv.ts';
import { groupCsv, groupTable, totalsLine } from '../../lib/observe/read/group-table.ts';
import { coloured, plain } from '../../lib/observe/read/paint.ts';
import { tailLine } from '../../lib/observe/read/tail-line.ts';
import { Misuse, none, readArguments } from './arguments.ts';
import { SOURCE, sourceOf } from './calls.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { sinceMs } from './since.ts';

type Shape = 'table' | 'csv' | 'json';

/** `landfall calls list`: the calls of a time, one by one or added up in groups. */
export async function callsList(args: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, {
    ...SOURCE,
    since: { type: 'string' },
    failed: { type: 'boolean', default: false },
    number: { type: 'string' },
    gateway: { type: 'string' },
    'group-by': { type: 'string' },
    csv: { type: 'boolean', default: false },
  });
  none(positionals);
  const { since, failed, number, gateway, csv, json } = values;
  if (csv && json) throw new Misuse('--csv and --json exclude each other');
  const shape = csv ? 'csv' : json ? 'json' : 'table';
  const grouping = groupingOf(values['group-by']);
  const from = since === undefined ? Number.NEGATIVE_INFINITY : sinceMs(since, Date.now());
  const groups = new CallGroups(grouping);
  if (grouping === undefined && csv) io.out(RECORD_CSV_HEAD);
  const paint = io.colours ? coloured : plain;
  const seen = await sourceOf(values.admin, values.file, io).each({
    wanted: { failed, number, gateway },
    show(record) {
      if (record.receivedAt < from) return;
      groups.add(record);
      if (grouping === undefined) io.out(lineOf(record, shape, io));
    },
    remark: (text) => io.err(`landfall: ${text}`),
  });
  if (seen.kind === 'unreadable') {
    io.err(`landfall: ${seen.why}`);
    return EXIT.failed;
  }
  const total = groups.total();
  const rows = groups.worstFirst();
  switch (shape) {
    case 'table':
      io.out(grouping === undefined ? totalsLine(total) : groupTable(grouping, rows, total, paint));
      return EXIT.ok;
    case 'csv':
      if (grouping !== undefined) io.out(groupCsv(grouping, rows, total).join('\n'));
      return EXIT.ok;
    case 'json':
      for (const row of rows) io.out(JSON.stringify({ by: grouping, ...row }));
      io.out(JSON.stringify({ total }));
      return EXIT.ok;
    default:
      return never(shape);
  }
}

function lineOf(record: CallRecord, shape: Shape, io: Io): string {
  switch (shape) {
    case 'table':
      return tailLine(record, io.colours ? coloured : plain);
    case 'csv':
      return recordCsv(record);
    case 'json':
      return JSON.stringify(record);
    default:
      return never(shape);
  }
}

function groupingOf(value: string | undefined): Grouping | undefined {
  const known = GROUPINGS.find((grouping) => grouping === value);
  if (value === undefined || known !== undefined) return known;
  throw new Misuse(`--group-by is ${value}; one of ${GROUPINGS.join(', ')} would be right`);
}
