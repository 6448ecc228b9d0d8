import { type Logger, pino } from 'pino';
import type { World } from '../base/time.ts';
import type { Counters } from './counters.ts';
import { LineFile } from './line-file.ts';

/** About 20,000 step lines: what some seconds of a slow disk let pile up. */
const WAITING_CHARS_MAX = 8 * 1024 * 1024;
const FLUSH_MS = 200;
const COMPLAIN_EVERY_MS = 60_000;
/** Records hold whole numbers. */
const RECORDS_MODE = 0o600;
const STEPS_MODE = 0o640;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type LogOptions = {
  readonly site: string;
  readonly level: LogLevel;
  /** `stdout`, `none`, or a path. Notices go there too, with `none` to standard error. */
  readonly steps: string;
  /** A path, or `none`. */
  readonly records: string;
  readonly world: World;
};

export type LogFiles = {
  /** Steps and notices. */
  readonly log: Logger;
  /** Absent: records are not written. */
  readonly records: LineFile | undefined;
  readonly all: readonly LineFile[];
};

/** Opens where the log goes. A file that cannot be opened is tried again; the other one says so. */
export function openLogFiles(options: LogOptions, counters: Counters): LogFiles {
  const { steps, records, world } = options;
  const open = (target: string | 1 | 2, mode: number, onTrouble: (why: string) => void) =>
    new LineFile({
      target,
      mode,
      waitingMax: WAITING_CHARS_MAX,
      flushMs: FLUSH_MS,
      world,
      onLost: counters.countLost,
      onTrouble,
    });
  const terminal = open(steps === 'stdout' ? 1 : 2, STEPS_MODE, () => undefined);
  const terminalLog = loggerTo(terminal, options);
  const complain = (log: Logger, file: string) => complaints(log, file, options, counters);
  const stepFile = isPath(steps)
    ? open(steps, STEPS_MODE, complain(terminalLog, 'steps'))
    : undefined;
  const log = stepFile === undefined ? terminalLog : loggerTo(stepFile, options);
  const recordFile = isPath(records)
    ? open(records, RECORDS_MODE, complain(log, 'records'))
    : undefined;
  const all = [stepFile, recordFile, terminal].filter((file) => file !== undefined);
  return { log, records: recordFile, all };
}

function isPath(target: string): boolean {
  return target !== 'none' && target !== 'stdout';
}

function loggerTo(file: LineFile, { level, world }: LogOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: timestamps(world),
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => file.write(line) },
  );
}

/** ISO 8601 in UTC. Lines of one millisecond share the text, which costs more than the line. */
function timestamps({ clock }: World): () => string {
  let madeFor = -1;
  let text = '';
  return () => {
    const now = clock.unix();
    if (now !== madeFor) {
      madeFor = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

/** Says once a minute that a file cannot be written, and how many lines are lost so far. */
function complaints(
  log: Logger,
  file: string,
  { site, world }: LogOptions,
  counters: Counters,
): (why: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (why) => {
    const now = world.clock.mono();
    if (now - saidAt < COMPLAIN_EVERY_MS) return;
    saidAt = now;
    log.error({ event: 'log-write-failed', file, why, lost: counters.lost(), site });
  };
}
