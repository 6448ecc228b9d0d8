import { never } from '../../base/never.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { Standing } from './hop.ts';

/** What can be said of a destination; absent standing: nothing has been said yet. */
export type Seen = {
  readonly standing: Standing | undefined;
  /** In an order that does not depend on the lot. */
  readonly hops: readonly string[];
  /** Addresses of our own that DNS names. */
  readonly own: string;
};

export const NOTHING_SEEN: Seen = { standing: undefined, hops: [], own: '' };

export function hasMoved(before: Seen, now: Seen): boolean {
  return before.hops.join() !== now.hops.join();
}

/** Says what is new about a destination, and nothing when nothing is. */
export function tellMove(
  sink: EventSink,
  destination: string,
  before: Seen,
  now: Seen,
  why: () => string,
): void {
  if (hasMoved(before, now)) {
    const moved = { destination, hopsBefore: before.hops, hopsNow: now.hops };
    sink.note({ event: 'dns-moved', level: 'info', ...moved });
  }
  if (now.own !== '' && now.own !== before.own)
    sink.note({ event: 'dns-own', level: 'warn', destination, address: now.own });
  if (now.standing !== before.standing) tellStanding(sink, destination, before, now, why);
}

function tellStanding(
  sink: EventSink,
  destination: string,
  before: Seen,
  { standing }: Seen,
  why: () => string,
): void {
  switch (standing) {
    case 'fresh':
      if (before.standing === undefined) return;
      sink.note({ event: 'dns-fresh', level: 'info', destination });
      return;
    case 'stale':
      sink.note({ event: 'dns-stale', level: 'warn', destination, why: why() });
      return;
    case 'gone':
      sink.note({ event: 'dns-gone', level: 'warn', destination, why: why() });
      return;
    case 'unknown':
      sink.note({ event: 'dns-unknown', level: 'warn', destination, why: why() });
      return;
    case 'fixed':
    case undefined:
      return;
    default:
      never(standing);
  }
}
