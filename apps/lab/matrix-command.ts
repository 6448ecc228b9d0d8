import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CallerType } from './caller-words.ts';
import {
  type Difference,
  differences,
  grouped,
  outcomeOf,
  readExpected,
  writeExpected,
} from './expected.ts';
import { isInside, runInside } from './inside.ts';
import { Misuse, namesOf, readLabArguments } from './lab-arguments.ts';
import { sourceFile } from './lab-files.ts';
import { CALLER_TYPES, type PlayedCall, playMatrix, ROWS } from './matrix.ts';
import { OLDER_ROWS, playOlder, spokenAt } from './older-matrix.ts';
import { joinLab } from './running-lab.ts';
import { labOptionsOf, UP_OPTIONS } from './up-and-down.ts';
import { transportOf, type Verdict } from './verdict.ts';

/** `lab matrix`: whether every outcome is as the expectation file has it. */
export async function matrix(args: readonly string[]): Promise<boolean> {
  const asked = readMatrixArguments(args);
  if (isInside()) return play(asked);
  return asked.older === undefined ? runInside(asked.lab) : playOlder(asked.lab, asked.older);
}

type MatrixArguments = ReturnType<typeof readMatrixArguments>;

function readMatrixArguments(args: readonly string[]) {
  const { values } = readLabArguments(args, {
    ...UP_OPTIONS,
    rows: { type: 'string' },
    callers: { type: 'string' },
    transport: { type: 'string' },
    out: { type: 'string' },
    expected: { type: 'string', default: sourceFile('expected.txt') },
    'write-expected': { type: 'string' },
    still: { type: 'boolean', default: false },
    older: { type: 'string' },
  });
  const { callers, transport, older } = values;
  const rows = values.rows ?? (older === undefined ? undefined : OLDER_ROWS.join(','));
  const ids = ROWS.map(({ id }) => id);
  if (transport !== undefined && transport !== 'udp' && transport !== 'tcp')
    throw new Misuse(`--transport ${transport}: udp or tcp would be right`);
  const types = callers === undefined ? CALLER_TYPES : namesOf('callers', callers, CALLER_TYPES);
  return {
    lab: labOptionsOf(values),
    rows: rows === undefined ? undefined : namesOf('rows', rows, ids),
    callers: (types as readonly CallerType[]).filter(
      (type) => transport === undefined || transportOf(type) === transport,
    ),
    out: values.out,
    expected: values.expected,
    writeTo: values['write-expected'],
    isStill: values.still,
    older,
  };
}

async function play(asked: MatrixArguments): Promise<boolean> {
  const { folder } = asked.lab;
  const startedAt = performance.now();
  const lab = await joinLab(folder);
  if (asked.older !== undefined) console.log(spokenAt(lab.options));
  const file = path.resolve(asked.out ?? path.join(folder, 'calls.ndjson'));
  const log = createWriteStream(file);
  const tell = (call: PlayedCall) => void log.write(`${JSON.stringify(call)}\n`);
  const verdicts = await playMatrix(lab, asked, tell);
  for (const verdict of verdicts) log.write(`${JSON.stringify({ verdict })}\n`);
  await new Promise((resolve) => log.end(resolve));
  lab.close();
  for (const line of linesOf(verdicts)) console.log(line);
  if (asked.writeTo !== undefined) writeFileSync(asked.writeTo, writeExpected(verdicts));
  const different = differences(verdicts, expectedOf(asked, verdicts));
  for (const one of different) console.log(wordsOf(one));
  console.log(summaryOf(verdicts, different, (performance.now() - startedAt) / 1000));
  return different.length === 0;
}

/** Where the route stays every row must hold, and where the file was just written it is right. */
function expectedOf({ isStill, writeTo, expected }: MatrixArguments, seen: readonly Verdict[]) {
  if (isStill)
    return seen.map((one) => (one.outcome === 'n/a' ? one : { ...one, outcome: 'pass' as const }));
  return readExpected(readFileSync(writeTo ?? expected, 'utf8'));
}

/** A row has its sentence once, and a line for all callers that it came to the same for. */
function linesOf(verdicts: readonly Verdict[]): readonly string[] {
  return ROWS.flatMap(({ id, says }) => {
    const groups = grouped(verdicts.filter(({ row }) => row === id));
    if (groups.length === 0) return [];
    const lines = groups.map(
      ({ callers, outcome, why }) => `      ${callers.padEnd(5)} ${outcomeOf(outcome, why)}`,
    );
    return [`${id.padEnd(5)} ${says}`, ...lines];
  });
}

function wordsOf({ seen, expected }: Difference): string {
  const name = `${seen.row} ${seen.caller} ${seen.transport}`;
  const wanted = expected === undefined ? 'nothing' : outcomeOf(expected.outcome, expected.why);
  return `DIFFERENT  ${name}: expected ${wanted}; seen ${outcomeOf(seen.outcome, seen.why)}`;
}

function summaryOf(all: readonly Verdict[], wrong: readonly Difference[], sec: number): string {
  const count = (outcome: string) => all.filter((one) => one.outcome === outcome).length;
  const counts = `${count('pass')} pass, ${count('fail')} fail, ${count('n/a')} n/a`;
  const agreement = wrong.length === 0 ? 'all as expected' : `${wrong.length} not as expected`;
  return `${counts}; ${agreement}; ${sec.toFixed(0)} s`;
}
