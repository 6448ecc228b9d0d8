import type { Alarm, Timers } from '../base/time.ts';

/** As many as come with ten calls. */
const JOBS_MAX = 100;
const WAIT_MS = 50;

/** Work that can wait a moment. */
export type Bulk = {
  add(job: () => void): void;
  /** Does all that waits. */
  finish(): void;
};

/**
 * Does small jobs many at a time, in their order: between two messages of a call the processor
 * forgets the code that writes a line, and finding it again costs more than running it.
 */
export function inBulk(timers: Timers): Bulk {
  const jobs: (() => void)[] = [];
  let alarm: Alarm | undefined;
  const finish = () => {
    if (alarm !== undefined) timers.clear(alarm);
    alarm = undefined;
    for (const job of jobs.splice(0)) job();
  };
  return {
    add(job) {
      jobs.push(job);
      if (jobs.length >= JOBS_MAX) finish();
      else alarm ??= timers.set(WAIT_MS, finish);
    },
    finish,
  };
}
