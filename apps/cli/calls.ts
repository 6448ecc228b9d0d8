import { setTimeout as sleep } from 'node:timers/promises';
import { never } from '../../lib/base/never.ts';
import type { CallRecord } from '../../lib/call/record.ts';
import { inAscii } from '../../lib/observe/read/draw-ladder.ts';
import { ladderOf } from '../../lib/observe/read/ladder.ts';
import { coloured, plain } from '../../lib/observe/read/paint.ts';
import { recordView } from '../../lib/observe/read/record-view.ts';
import { tailLine } from '../../lib/observe/read/tail-line.ts';
import type { KeptCall } from '../../lib/observe/recent-calls.ts';
import { adminSource, type CallsPage } from './admin-source.ts';
import { adminUrl, Misuse, none, onlyOne, readArguments, wholeNumber } from './arguments.ts';
import type { CallSource } from './call-source.ts';
import { fileSource } from './file-source.ts';
import { EXIT, type ExitCode, type Io, isAsciiOnly } from './io.ts';

const LINES = 20;
const LINES_MAX = 100_000;
const LOOK_AGAIN_MS = 250;
const CONNECT_AGAIN_MS = 1000;

export const SOURCE = {
  admin: { type: 'string' },
  file: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
} as const;

/** `landfall calls tail`: a line for each call. */
export async function callsTail(args: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, {
    ...SOURCE,
    follow: { type: 'boolean', short: 'f', default: false },
    lines: { type: 'string', short: 'n', default: String(LINES) },
    failed: { type: 'boolean', default: false },
    number: { type: 'string' },
    gateway: { type: 'string' },
    'all-sites': { type: 'boolean', default: false },
  });
  none(positionals);
  const { failed, number, gateway, json, follow, file, 'all-sites': isAllSites } = values;
  if (follow && (file?.length ?? 0) > 1) throw new Misuse('--follow takes one --file');
  if (isAllSites && file !== undefined)
    throw new Misuse('--all-sites and --file exclude each other');
  const source = sourceOf(values.admin, file, io, isAllSites ? 'sites/calls' : 'calls');
  const paint = io.colours ? coloured : plain;
  const lineOf = (record: CallRecord) => (json ? JSON.stringify(record) : tailLine(record, paint));
  const shown = await source[follow ? 'follow' : 'tail']({
    wanted: { failed, number, gateway },
    lines: wholeNumber('--lines', values.lines, 0, LINES_MAX),
    show: (record) => io.out(lineOf(record)),
    remark: (text) => io.err(`landfall: ${text}`),
  });
  return shown.kind === 'shown' ? EXIT.ok : failedWith(io, shown.why);
}

/** `landfall calls show`: what the record of one call says. */
export function callsShow(args: readonly string[], io: Io): Promise<ExitCode> {
  return showOne(args, io, ({ callId, record }, json) => {
    if (record === undefined) return `${callId} has no record yet; landfall calls ladder shows it`;
    return json ? JSON.stringify(record) : recordView(record, io.colours ? coloured : plain);
  });
}

/** `landfall calls ladder`: who said what to whom when. */
export function callsLadder(args: readonly string[], io: Io): Promise<ExitCode> {
  return showOne(args, io, (call, json) => {
    if (json) return call.steps.map((step) => JSON.stringify(step)).join('\n');
    const ladder = ladderOf(call);
    return isAsciiOnly(io) ? inAscii(ladder) : ladder;
  });
}

async function showOne(
  args: readonly string[],
  io: Io,
  textOf: (call: KeptCall, json: boolean) => string,
): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, SOURCE);
  const id = onlyOne(positionals, 'ID');
  const found = await sourceOf(values.admin, values.file, io).find(id);
  switch (found.kind) {
    case 'found':
      io.out(textOf(found.call, values.json));
      return EXIT.ok;
    case 'ambiguous':
      return failedWith(io, `ID is ${id}, the beginning of several: ${found.callIds.join(', ')}`);
    case 'unknown':
      return failedWith(
        io,
        `ID is ${id}: no such call here; landfall calls tail lists the last ones`,
      );
    case 'unreadable':
      return failedWith(io, found.why);
    default:
      return never(found);
  }
}

/** Where the arguments say that calls are to be read. */
export function sourceOf(
  admin: string | undefined,
  files: string[] | undefined,
  io: Io,
  page: CallsPage = 'calls',
): CallSource {
  const [file, ...more] = files ?? [];
  if (file !== undefined) {
    if (admin !== undefined) throw new Misuse('--admin and --file exclude each other');
    return fileSource([file, ...more], () => sleep(LOOK_AGAIN_MS, true));
  }
  const access = { url: adminUrl(admin), token: io.env['LANDFALL_ADMIN_TOKEN'] };
  return adminSource(access, () => sleep(CONNECT_AGAIN_MS, true), page);
}

function failedWith(io: Io, why: string): ExitCode {
  io.err(`landfall: ${why}`);
  return EXIT.failed;
}
