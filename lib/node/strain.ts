import type { Alarm, World } from '../base/time.ts';
import type { EventSink } from '../ports/event-sink.ts';

/** How late the node is, and what it does about it. */
export type Strain = {
  /** Of the last two measurements the smaller one: a single pause is no overload. */
  readonly lagMs: number;
  readonly lastMs: number;
  /** The share of ordinary new calls that is refused, from 0 to 1. */
  readonly refusedShare: number;
};

export const NO_STRAIN: Strain = { lagMs: 0, lastMs: 0, refusedShare: 0 };

/** How often it is measured. */
export const MEASURE_MS = 100;
const RISE = 0.25;
/** A calm node takes everything again after 2.5 s. */
const FALL = 0.04;

/**
 * The strain after one more measurement. Above the limit the share that is refused rises by a
 * quarter each time; below half of it, it falls slowly; between the two it stays. So a node that
 * gets twice what it can carry carries on near its best, instead of all and nothing in turn.
 */
export function strainAfter(before: Strain, measuredMs: number, lagMsMax: number): Strain {
  const lagMs = Math.min(before.lastMs, measuredMs);
  return {
    lagMs,
    lastMs: measuredMs,
    refusedShare: shareAfter(before.refusedShare, lagMs, lagMsMax),
  };
}

function shareAfter(share: number, lagMs: number, lagMsMax: number): number {
  if (lagMs > lagMsMax) return Math.min(1, share + RISE);
  if (lagMs > lagMsMax / 2) return share;
  return share <= FALL ? 0 : share - FALL;
}

export type StrainWatch = {
  readonly now: () => Strain;
  /**
   * Measures from now on; `waitedMs` says how long what arrives waits before it is read. Answers
   * what ends it.
   */
  readonly start: (waitedMs: () => number) => () => void;
};

/** Measures with a timer's own lateness and with what the engine knows of its sockets. */
export function strainWatch(
  { clock, timers }: Pick<World, 'clock' | 'timers'>,
  sink: Pick<EventSink, 'note'>,
  lagMsMax: () => number,
): StrainWatch {
  let strain = NO_STRAIN;
  let alarm: Alarm | undefined;
  const measureLater = (waitedMs: () => number) => {
    const dueAt = clock.mono() + MEASURE_MS;
    alarm = timers.set(MEASURE_MS, () => {
      const lateMs = clock.mono() - dueAt;
      const next = strainAfter(strain, Math.max(lateMs, waitedMs()), lagMsMax());
      tell(sink, strain, next);
      strain = next;
      measureLater(waitedMs);
    });
  };
  return {
    now: () => strain,
    start(waitedMs) {
      measureLater(waitedMs);
      return () => {
        if (alarm !== undefined) timers.clear(alarm);
      };
    },
  };
}

function tell(sink: Pick<EventSink, 'note'>, before: Strain, after: Strain): void {
  const lagMs = Math.round(after.lagMs);
  if (before.refusedShare === 0 && after.refusedShare > 0) {
    sink.note({ event: 'overload-began', level: 'warn', lagMs });
  }
  if (before.refusedShare > 0 && after.refusedShare === 0) {
    sink.note({ event: 'overload-ended', level: 'warn', lagMs });
  }
}
