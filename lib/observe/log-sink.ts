import { type Logger, pino } from 'pino';
import type { World } from '../base/time.ts';
import type { CallRecord } from '../call/record.ts';
import type { Step } from '../call/story.ts';
import type { EventSink, Notice } from '../ports/event-sink.ts';
import { type Counters, openCounters } from './counters.ts';
import { LineFile } from './line-file.ts';
import { type Mask, maskFor } from './mask.ts';
import { RecentCalls } from './recent-calls.ts';

const CALLS_KEPT_MAX = 1000;
/** About 20,000 step lines: what some seconds of a slow disk let pile up. */
const WAITING_CHARS_MAX = 8 * 1024 * 1024;
const FLUSH_MS = 200;
const COMPLAIN_EVERY_MS = 60_000;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type ObserverOptions = {
  readonly site: string;
  readonly level: LogLevel;
  /** `stdout`, `none`, or a path. Notices go there too, with `none` to standard error. */
  readonly steps: string;
  /** A path, or `none`. */
  readonly records: string;
  /** How many ended calls, and as many going on, are kept for the admin pages; absent: 1000. */
  readonly callsKeptMax?: number | undefined;
  /** Addresses and names that are ours or a gateway's: the masks leave them readable. */
  readonly readableHosts: readonly string[];
  readonly callsActive: () => number;
  readonly world: World;
};

export type Observer = {
  readonly sink: EventSink;
  readonly recent: RecentCalls;
  readonly metricsText: () => Promise<string>;
  readonly flush: () => Promise<void>;
  /** Writes what waits at once, for a process that is about to die. */
  readonly flushNow: () => void;
  readonly close: () => Promise<void>;
};

/** Opens the log, the records and the counters of a node; nothing of it ever throws into a call. */
export function openObserver(options: ObserverOptions): Observer {
  const { site, level, world } = options;
  const counters = openCounters(options.callsActive);
  const recent = new RecentCalls(options.callsKeptMax ?? CALLS_KEPT_MAX);
  const mask = maskFor(options.readableHosts);

  // A log that cannot be written cannot say so itself.
  const terminal = lineFile(
    options.steps === 'stdout' ? 1 : 2,
    0o600,
    world,
    counters,
    () => undefined,
  );
  const terminalLog = loggerTo(terminal, level, world);
  const complain = complaints(terminalLog, counters, site, world);
  const stepFile = isPath(options.steps)
    ? lineFile(options.steps, 0o640, world, counters, (why) => complain('steps', why))
    : undefined;
  const recordFile = isPath(options.records)
    ? lineFile(options.records, 0o600, world, counters, (why) => complain('records', why))
    : undefined;
  const log = stepFile === undefined ? terminalLog : loggerTo(stepFile, level, world);
  const files = [stepFile, recordFile, terminal].filter((file) => file !== undefined);

  return {
    sink: {
      step: stepWriter(log, options.steps === 'none', mask, recent),
      record: recordWriter(recordFile, counters, recent),
      note: (notice) => writeNotice(log, site, mask, notice),
      count: counters.count,
    },
    recent,
    metricsText: counters.text,
    flush: async () => {
      await Promise.all(files.map((file) => file.flush()));
    },
    flushNow: () => {
      for (const file of files) file.flushNow();
    },
    close: async () => {
      await Promise.all(files.map((file) => file.close()));
    },
  };
}

function isPath(target: string): boolean {
  return target !== 'none' && target !== 'stdout';
}

function lineFile(
  target: string | 1 | 2,
  mode: number,
  world: World,
  counters: Counters,
  onTrouble: (why: string) => void,
): LineFile {
  return new LineFile({
    target,
    mode,
    waitingMax: WAITING_CHARS_MAX,
    flushMs: FLUSH_MS,
    world,
    onLost: counters.countLost,
    onTrouble,
  });
}

function loggerTo(file: LineFile, level: LogLevel, world: World): Logger {
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

/** ISO 8601 in UTC. Lines of one millisecond share the text, since making it costs more than the line. */
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

function stepWriter(log: Logger, isSilent: boolean, mask: Mask, recent: RecentCalls) {
  const isWritten = !isSilent && log.isLevelEnabled('info');
  return (step: Step) => {
    recent.step(step);
    if (isWritten) log.info(stepLine(step, mask));
  };
}

/** The fields in the order in which they are read; a gateway's address is nobody's secret. */
function stepLine(step: Step, mask: Mask): object {
  const { remote, contact, message, why } = step;
  return {
    callId: step.callId,
    leg: step.leg,
    event: step.event,
    message: message === undefined ? undefined : mask.text(message),
    direction: step.direction,
    local: step.local,
    remote: remote === undefined || step.leg === 'b' ? remote : mask.address(remote),
    attempt: step.attempt,
    gateway: step.gateway,
    contact: contact === undefined ? undefined : mask.uri(contact),
    why: why === undefined ? undefined : mask.text(why),
    site: step.site,
    at: step.at,
  };
}

function recordWriter(file: LineFile | undefined, counters: Counters, recent: RecentCalls) {
  return (record: CallRecord) => {
    let made: string | undefined;
    const line = () => {
      made ??= `${JSON.stringify(record)}\n`;
      return made;
    };
    counters.countAttempts(record);
    recent.record(record, line);
    file?.write(line());
  };
}

function writeNotice(log: Logger, site: string, mask: Mask, notice: Notice): void {
  const { event, level } = notice;
  if (!log.isLevelEnabled(level)) return;
  const line: Record<string, unknown> = { event };
  try {
    for (const [name, value] of Object.entries(notice)) {
      if (name !== 'level' && name !== 'time') line[name] = mask.field(name, value);
    }
  } catch (error) {
    // A getter of a stranger's error object.
    line['unreadable'] = String(error);
  }
  line['site'] = site;
  log[level](line);
}

/** Says once a minute for each file that it cannot be written, and how many lines are lost so far. */
function complaints(log: Logger, counters: Counters, site: string, { clock }: World) {
  const saidAt = new Map<string, number>();
  return (file: 'steps' | 'records', why: string) => {
    const now = clock.mono();
    const last = saidAt.get(file);
    if (last !== undefined && now - last < COMPLAIN_EVERY_MS) return;
    saidAt.set(file, now);
    log.error({ event: 'log-write-failed', file, why, lost: counters.lost(), site });
  };
}
