import { createReadStream } from 'node:fs';
import { never } from '../../lib/base/never.ts';
import type { CallId } from '../../lib/call/ids.ts';
import type { CallRecord } from '../../lib/call/record.ts';
import type { Step } from '../../lib/call/story.ts';
import type { Told } from '../../lib/observe/read/parse-story.ts';
import { type LineFilter, readStory, type Tally } from '../../lib/observe/read/read-lines.ts';
import { isWanted } from '../../lib/observe/read/wanted.ts';
import type { FoundCall } from '../../lib/observe/recent-calls.ts';
import type { CallSource, Listing, Shown, Tailing, Unreadable } from './call-source.ts';
import { followFile } from './follow-file.ts';

const STEPS_MAX = 10_000;
const CANDIDATES_MAX = 5;

/** Reads calls out of logs; steps and records may stand in different ones. */
export function fileSource(
  files: readonly [string, ...string[]],
  pause: () => Promise<boolean>,
): CallSource {
  return {
    each: (listing) =>
      reading(async () => {
        await readEach(files, listing, (told) => {
          if (told.kind !== 'record' || !isWanted(told.record, listing.wanted)) return;
          listing.show(told.record);
        });
        return { kind: 'shown' };
      }),
    tail: (tailing) =>
      reading(async () => {
        const last = lastOf(tailing);
        await readEach(files, tailing, last.take);
        last.showAll();
        return { kind: 'shown' };
      }),
    follow: (tailing) => reading(() => follow(files[0], tailing, pause)),
    find: (id) => reading(() => find(files, id)),
  };
}

/** Cheap to ask of a line, and true for every record. */
const RECORDS_ONLY: LineFilter = (line) => line.includes('"record":1');

async function readEach(
  files: readonly string[],
  { remark }: Listing,
  take: (told: Told) => void,
): Promise<void> {
  for (const file of files) {
    const tally: Tally = { junk: 0 };
    for await (const told of storyOf(file, tally, RECORDS_ONLY)) take(told);
    if (tally.junk > 0) remark(`${file}: ${tally.junk} damaged lines skipped`);
  }
}

async function follow(
  file: string,
  tailing: Tailing,
  pause: () => Promise<boolean>,
): Promise<Shown> {
  const last = lastOf(tailing);
  let isPast = true;
  const onCaughtUp = () => {
    isPast = false;
    last.showAll();
  };
  const tally: Tally = { junk: 0 };
  const story = readStory(followFile(file, { pause, onCaughtUp }), tally, RECORDS_ONLY);
  for await (const told of story) {
    if (isPast) last.take(told);
    else if (told.kind === 'record' && isWanted(told.record, tailing.wanted)) {
      tailing.show(told.record);
    }
  }
  return { kind: 'shown' };
}

/** Keeps the last wanted records until they are shown. */
function lastOf({ wanted, lines, show }: Tailing) {
  let kept: CallRecord[] = [];
  return {
    take(told: Told): void {
      if (told.kind !== 'record' || !isWanted(told.record, wanted)) return;
      kept.push(told.record);
      if (kept.length > 2 * lines + 1) kept = lines === 0 ? [] : kept.slice(-lines);
    },
    showAll(): void {
      for (const record of lines === 0 ? [] : kept.slice(-lines)) show(record);
      kept = [];
    },
  };
}

/** Two readings: the first tells which call is meant, since a step knows no Call-ID header. */
async function find(files: readonly string[], id: string): Promise<FoundCall> {
  const written = JSON.stringify(id).slice(1, -1);
  const found = new Map<string, CallId>();
  for (const file of files) {
    for await (const told of storyOf(file, { junk: 0 }, (line) => line.includes(written))) {
      const callId = callIdOf(told, id);
      if (callId === undefined) continue;
      if (callId === id) return collect(files, callId);
      if (found.size < CANDIDATES_MAX) found.set(callId, callId);
    }
  }
  const [callId] = found.values();
  if (callId === undefined) return { kind: 'unknown' };
  if (found.size > 1) return { kind: 'ambiguous', callIds: [...found.values()] };
  return collect(files, callId);
}

/** The call that a line means, if it is the one asked for. */
function callIdOf(told: Told, id: string): CallId | undefined {
  switch (told.kind) {
    case 'notice':
      return undefined;
    case 'step':
      return told.step.callId.startsWith(id) ? told.step.callId : undefined;
    case 'record': {
      const { callId, sipCallIdA, sipCallIdB } = told.record;
      const isMeant = callId.startsWith(id) || sipCallIdA === id || sipCallIdB.includes(id);
      return isMeant ? callId : undefined;
    }
    default:
      return never(told);
  }
}

async function collect(files: readonly string[], callId: CallId): Promise<FoundCall> {
  const steps: Step[] = [];
  let record: CallRecord | undefined;
  let stepsLost = 0;
  for (const file of files) {
    for await (const told of storyOf(file, { junk: 0 }, (line) => line.includes(callId))) {
      if (told.kind === 'record' && told.record.callId === callId) record = told.record;
      if (told.kind !== 'step' || told.step.callId !== callId) continue;
      if (steps.length < STEPS_MAX) steps.push(told.step);
      else stepsLost += 1;
    }
  }
  return { kind: 'found', call: { callId, record, steps, stepsLost } };
}

function storyOf(file: string, tally: Tally, worthParsing: LineFilter): AsyncGenerator<Told> {
  return readStory(createReadStream(file), tally, worthParsing);
}

async function reading<T>(read: () => Promise<T>): Promise<T | Unreadable> {
  try {
    return await read();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: 'unreadable', why: `--file cannot be read: ${error.message}` };
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'errno' in error;
}
