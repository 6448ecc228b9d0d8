import { FAULT_OF } from '../../call/termination.ts';
import { METRICS } from '../counters.ts';
import { MASKING, type Masking } from '../masking.ts';
import { REASONS } from '../read/words.ts';
import { NOTICES } from './notice-words.ts';
import { ATTEMPT_FIELDS, FAULT_MEANINGS, RECORD_FIELDS, TIME_FIELDS } from './record-words.ts';
import { STEP_EVENTS, STEP_FIELDS } from './step-words.ts';

const MASKINGS: Readonly<Record<Masking, string>> = {
  plain: 'as it is',
  address: 'the last part of an address is hidden, unless it is ours or a gateway',
  uri: 'the address alone, its user and host hidden',
  text: 'numbers, addresses, places and credentials in it are hidden; SDP and XML are withheld',
  person: 'a few digits stay',
  never: 'not written',
};

/** The page docs/LOGS.md: all that the log, the records and the metrics can say. */
export function logsManual(): string {
  return `${[
    '# What the log says',
    'Written by `npm run docs` from the tables that the node itself uses.',
    INTRODUCTION,
    '## Steps',
    'One line for each message of a call that means something, `level` info, in `log.steps`.',
    table(['event', 'meaning'], Object.entries(STEP_EVENTS).map(named)),
    table(
      ['field', 'meaning', 'written'],
      Object.entries(STEP_FIELDS).map(([name, says]) => [code(name), says, writtenAs(name)]),
    ),
    'The far end of leg b is a gateway, so its `remote` stands as it is.',
    '## Notices',
    'What is no step of a call, in `log.steps` too; with `steps: none` on standard error.',
    table(
      ['event', 'level', 'meaning'],
      Object.entries(NOTICES).map(([name, { level, says }]) => [code(name), level, says]),
    ),
    '## Records',
    'One line for each call, written at its end, unmasked, in `log.records` with mode 0600.',
    'Moments are Unix milliseconds.',
    table(['field', 'meaning'], Object.entries(RECORD_FIELDS).map(named)),
    table(['in `times`', 'meaning'], Object.entries(TIME_FIELDS).map(named)),
    table(['in `attempts[]`', 'meaning'], Object.entries(ATTEMPT_FIELDS).map(named)),
    table(['fault', 'meaning'], Object.entries(FAULT_MEANINGS).map(named)),
    table(
      ['reason', 'meaning', 'fault'],
      Object.entries(REASONS).map(([name, says]) => [code(name), says, faultOf(name)]),
    ),
    '## Metrics',
    'On `/metrics` of `admin.listen`, for Prometheus.',
    table(
      ['metric', 'type', 'labels', 'meaning'],
      METRICS.map(({ name, type, labels, help }) => [
        code(name),
        type,
        labels.map(code).join(', '),
        help,
      ]),
    ),
    '## What is hidden',
    'By the name of the field, however it is spelled and however deep it stands; others are text.',
    table(['treatment', 'fields'], maskingRows()),
  ].join('\n\n')}\n`;
}

const INTRODUCTION = `Lines are JSON. A file that cannot be written costs no call: up to
\`log.waitingCharsMax\` characters wait for it, what is more is lost and counted in
landfall_log_lost_total, and \`log-write-failed\` says so. A half line is completed or taken back.
SIGHUP opens the files anew, for logrotate with or without copytruncate; a renamed file is noticed
within five seconds also without it. \`log.rotateBytes\` and \`log.rotateHours\` make the node turn
its files itself, \`FILE.1\` being the youngest of \`log.keepFiles\`.`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

function named([name, says]: readonly [string, string]): readonly string[] {
  return [code(name), says];
}

function code(name: string): string {
  return `\`${name}\``;
}

function writtenAs(field: string): string {
  return field === 'at' || field === 'attempt' ? 'as it is' : MASKINGS[MASKING[field] ?? 'text'];
}

function faultOf(reason: string): string {
  return Object.entries(FAULT_OF).find(([name]) => name === reason)?.[1] ?? '';
}

function maskingRows(): readonly (readonly string[])[] {
  return Object.entries(MASKINGS).map(([masking, says]) => {
    const fields = Object.entries(MASKING).filter(([, its]) => its === masking);
    const civic = masking === 'never' ? ', and every civic address element' : '';
    return [says, fields.map(([name]) => name).join(', ') + civic];
  });
}
