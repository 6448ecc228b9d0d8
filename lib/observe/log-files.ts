import { type Logger, pino } from 'pino';
import type { UnixMs } from '../base/brands.ts';
import type { World } from '../base/time.ts';
import type { Counters, LogFile } from './counters.ts';
import { LineFile } from './line-file.ts';
import type { Rotation } from './rotation.ts';

const FLUSH_MS = 200;
const COMPLAIN_EVERY_MS = 60_000;
/** Records hold whole numbers. */
const RECORDS_MODE = 0o600;
const STEPS_MODE = 0o640;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type LogOptions = Rotation & {
  readonly site: string;
  readonly level: LogLevel;
  /** `stdout`, `none`, or a path. Notices go there too, with `none` to standard error. */
  readonly steps: string;
  /** A path, or `none`. */
  readonly records: string;
  /** Characters that may wait, for each file, while it cannot be written; what is more is lost. */
  readonly waitingCharsMax: number;
  readonly world: World;
};

/** Writes a line about what happened at that time. */
export type WriteStep = (line: object, at: UnixMs) => void;

export type LogFiles = {
  /** Notices, in the file of the steps. */
  readonly log: Logger;
  /** Writes an object as a line of level info, as `log` would, in less time. */
  readonly writeStep: WriteStep;
  /** Absent: records are not written. */
  readonly records: LineFile | undefined;
  readonly all: readonly LineFile[];
};

/**
 * Opens where the log goes. A file that cannot be written is tried again; standard error says so,
 * since the step log may lie on the same full disk.
 */
export function openLogFiles(options: LogOptions, counters: Counters): LogFiles {
  const { steps, records } = options;
  const quiet: Voice = { onTrouble: () => undefined, onWhole: () => undefined };
  const open = (name: LogFile, target: string | 1 | 2, voice: Voice) =>
    openOne(name, target, voice, options, counters);
  const errors = open('terminal', 2, quiet);
  const output = steps === 'stdout' ? open('terminal', 1, quiet) : undefined;
  const errorLog = loggerTo(errors, options);
  const voice = (file: LogFile, logs: Hearers) => voiceOf(file, logs, options, counters);
  // The step log cannot tell of its own trouble, but afterwards where lines are missing.
  const afterwards = [errorLog];
  const stepVoice = voice('steps', { trouble: [errorLog], whole: afterwards });
  const stepFile = isPath(steps) ? open('steps', steps, stepVoice) : undefined;
  const target = stepFile ?? output ?? errors;
  const log = loggerTo(target, options);
  if (stepFile !== undefined) afterwards.push(log);
  const hearers = stepFile === undefined && output === undefined ? [log] : [log, errorLog];
  const recordVoice = voice('records', { trouble: hearers, whole: hearers });
  const recordFile = isPath(records) ? open('records', records, recordVoice) : undefined;
  const all = [stepFile, recordFile, output, errors].filter((file) => file !== undefined);
  return { log, writeStep: stepsTo(target), records: recordFile, all };
}

function openOne(
  name: LogFile,
  target: string | 1 | 2,
  { onTrouble, onWhole }: Voice,
  options: LogOptions,
  counters: Counters,
): LineFile {
  const { world, waitingCharsMax: waitingMax, rotateBytes, rotateHours, keepFiles } = options;
  return new LineFile({
    target,
    mode: name === 'records' ? RECORDS_MODE : STEPS_MODE,
    waitingMax,
    flushMs: FLUSH_MS,
    world,
    onLost(lines) {
      counters.countLost(name, lines);
      onTrouble('more lines wait than log.waitingCharsMax allows');
    },
    onTrouble,
    onWhole,
    rotation: { rotateBytes, rotateHours, keepFiles },
  });
}

function isPath(target: string): boolean {
  return target !== 'none' && target !== 'stdout';
}

function loggerTo(file: LineFile, { level, world }: LogOptions): Logger {
  const time = timestamps();
  return pino(
    {
      level,
      base: null,
      timestamp: () => time(world.clock.unix()),
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => file.write(line) },
  );
}

/** A line each for ten steps a call. */
function stepsTo(file: LineFile): WriteStep {
  const time = timestamps();
  return (line, at) => file.write(`{"level":"info"${time(at)},${JSON.stringify(line).slice(1)}\n`);
}

/** ISO 8601 in UTC. Lines of one millisecond share the text, which costs more than the line. */
function timestamps(): (at: UnixMs) => string {
  let madeFor = -1;
  let text = '';
  return (at) => {
    if (at !== madeFor) {
      madeFor = at;
      text = `,"time":"${new Date(at).toISOString()}"`;
    }
    return text;
  };
}

type Hearers = { readonly trouble: readonly Logger[]; readonly whole: readonly Logger[] };
type Voice = { readonly onTrouble: (why: string) => void; readonly onWhole: () => void };

/** Says once a minute that a file cannot be written and how much is lost, and when that is over. */
function voiceOf(
  file: LogFile,
  { trouble, whole }: Hearers,
  { site, world }: LogOptions,
  counters: Counters,
): Voice {
  let saidAt = Number.NEGATIVE_INFINITY;
  let isTold = false;
  return {
    onTrouble(why) {
      const now = world.clock.mono();
      if (now - saidAt < COMPLAIN_EVERY_MS) return;
      saidAt = now;
      isTold = true;
      const lost = counters.lost(file);
      for (const log of trouble) log.error({ event: 'log-write-failed', file, why, lost, site });
    },
    onWhole() {
      if (!isTold) return;
      isTold = false;
      const lost = counters.lost(file);
      for (const log of whole) log.warn({ event: 'log-written-again', file, lost, site });
    },
  };
}
