import type { CallRecord } from '../../call/record.ts';
import { headline, outcomeLine } from './headline.ts';
import { offsetOf, timeOfDay } from './moments.ts';
import type { Paint } from './paint.ts';
import { plainText } from './plain-text.ts';

const NAME_WIDTH = 12;

/** All that a record says, for reading. */
export function recordView(record: CallRecord, paint: Paint): string {
  const { times, receivedAt, trunk, fromGateway: known = trunk } = record;
  const fields: [string, string][] = [
    ['from', record.from],
    ['to', record.to],
    ['received on', record.receivedOn],
    ...listOf('through', record.through),
    ['source', known === undefined ? record.source : `${record.source} (${known})`],
    ...listOf('marks', record.marks),
    ['Call-ID a', record.sipCallIdA],
    ...record.sipCallIdB.map((id): [string, string] => ['Call-ID b', id]),
  ];
  const moments = (['invite', 'trying', 'ringing', 'answered', 'acked', 'ended'] as const).flatMap(
    (name): [string, string][] => {
      const at = times[name];
      return at === undefined ? [] : [[name, `${timeOfDay(at)}  +${offsetOf(at - receivedAt)} s`]];
    },
  );
  const attempts = record.attempts.map((attempt, index): [string, string] => {
    const { gateway, target, startedAt, status, reason } = attempt;
    const outcome = status === 0 ? 'no answer yet' : `${status} ${reason}`;
    return [
      `gateway ${index + 1}`,
      `${gateway} (${target})  +${offsetOf(startedAt - receivedAt)} s  ${outcome}`,
    ];
  });
  const line = ([name, value]: [string, string]) =>
    `  ${paint('dim', name.padEnd(NAME_WIDTH))}${plainText(value)}`;
  return [
    headline(record, paint),
    outcomeLine(record, '', paint),
    '',
    ...[...fields, ...moments, ...attempts].map(line),
  ].join('\n');
}

function listOf(name: string, values: readonly string[] = []): [string, string][] {
  return values.length === 0 ? [] : [[name, values.join(', ')]];
}
