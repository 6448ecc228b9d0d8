import type { CallRecord } from '../call/record.ts';
import type { Step } from '../call/story.ts';

/** Something that is not a step of one call. */
export type Notice = {
  /** A fixed, hyphenated name: `stray-forged`, `listening`, `drain-started`. */
  readonly event: string;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  readonly [field: string]: unknown;
};

/** Where the story goes. It never throws, never blocks, and a call never waits for it. */
export interface EventSink {
  step(step: Step): void;
  record(record: CallRecord): void;
  note(notice: Notice): void;
  /** Adds one to a counter, e.g. `strays` with verdict `forged`. */
  count(counter: string, label: string): void;
}
