import type { Logger } from 'pino';
import type { Clock } from '../base/time.ts';
import type { CallRecord } from '../call/record.ts';
import type { Step } from '../call/story.ts';
import type { EventSink, Notice } from '../ports/event-sink.ts';
import { type Bulk, inBulk } from './bulk.ts';
import { type Counters, openCounters } from './counters.ts';
import type { LineFile } from './line-file.ts';
import { type LogOptions, openLogFiles, type WriteStep } from './log-files.ts';
import { type Mask, maskFor } from './mask.ts';
import type { Present } from './readings.ts';
import { RecentCalls } from './recent-calls.ts';

export type { LogLevel } from './log-files.ts';

const CALLS_KEPT_MAX = 1000;

export type ObserverOptions = LogOptions & {
  /** How many ended calls, and as many going on, are kept for the admin pages; absent: 1000. */
  readonly callsKeptMax?: number | undefined;
  /** Addresses and names that are ours or a gateway's: the masks leave them readable. */
  readonly readableHosts: readonly string[];
  readonly present: () => Present;
};

export type Observer = {
  readonly sink: EventSink;
  readonly recent: RecentCalls;
  readonly metricsText: () => Promise<string>;
  /** Changes what is written from now on. */
  readonly reconfigure: (next: Pick<ObserverOptions, 'level' | 'readableHosts'>) => void;
  readonly flush: () => Promise<void>;
  /** Opens all files anew: they may have been renamed. */
  readonly reopen: () => void;
  /** Writes what waits at once, for a process that is about to die. */
  readonly flushNow: () => void;
  readonly close: () => Promise<void>;
};

/** Opens the log, the records and the counters of a node; nothing of it ever throws into a call. */
export function openObserver(options: ObserverOptions): Observer {
  const counters = openCounters(options.present);
  const recent = new RecentCalls(options.callsKeptMax ?? CALLS_KEPT_MAX);
  const { log, writeStep, records, all } = openLogFiles(options, counters);
  const manner: Manner = mannerOf(log, options);
  const bulk = inBulk(options.world.timers);
  return {
    sink: {
      step: stepWriter(writeStep, manner, recent, bulk, options.world.clock),
      record: recordWriter(records, counters, recent, bulk),
      note: (notice) => {
        bulk.finish();
        writeNotice(log, options.site, manner.mask, notice);
      },
      count: counters.count,
    },
    recent,
    metricsText: counters.text,
    reconfigure: ({ level, readableHosts }) => {
      bulk.finish();
      log.level = level;
      Object.assign(manner, mannerOf(log, { ...options, readableHosts }));
    },
    flush: async () => {
      bulk.finish();
      await Promise.all(all.map((file) => file.flush()));
    },
    reopen: () => {
      bulk.finish();
      for (const file of all) file.reopen();
    },
    flushNow: () => {
      bulk.finish();
      for (const file of all) file.flushNow();
    },
    close: async () => {
      bulk.finish();
      await Promise.all(all.map((file) => file.close()));
    },
  };
}

/** How lines are written, worked out once for thousands of them. */
type Manner = { areStepsWritten: boolean; mask: Mask };

function mannerOf(log: Logger, { steps, readableHosts }: ObserverOptions): Manner {
  const areStepsWritten = steps !== 'none' && log.isLevelEnabled('info');
  return { areStepsWritten, mask: maskFor(readableHosts) };
}

function stepWriter(
  write: WriteStep,
  manner: Manner,
  recent: RecentCalls,
  bulk: Bulk,
  clock: Clock,
) {
  return (step: Step) => {
    recent.step(step);
    if (!manner.areStepsWritten) return;
    const at = clock.unix();
    bulk.add(() => write(stepLine(step, manner.mask), at));
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
    through: step.through,
    attempt: step.attempt,
    gateway: step.gateway,
    engine: step.engine,
    contact: contact === undefined ? undefined : mask.uri(contact),
    why: why === undefined ? undefined : mask.text(why),
    site: step.site,
    at: step.at,
  };
}

function recordWriter(
  file: LineFile | undefined,
  counters: Counters,
  recent: RecentCalls,
  bulk: Bulk,
) {
  return (record: CallRecord) => {
    let made: string | undefined;
    const line = () => {
      made ??= `${JSON.stringify(record)}\n`;
      return made;
    };
    counters.countAttempts(record);
    recent.record(record, line);
    if (file !== undefined) bulk.add(() => file.write(line()));
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
