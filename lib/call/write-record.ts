import type { MonoMs } from '../base/brands.ts';
import { textOf } from '../base/octet-text.ts';
import { type Facts, unixAt } from './facts.ts';
import type { CallRecord } from './record.ts';
import type { Termination } from './termination.ts';

/** What the record says that the core does not know: names of the wire and of the site. */
export type Particulars = Pick<
  CallRecord,
  | 'sipCallIdA'
  | 'sipCallIdB'
  | 'site'
  | 'receivedOn'
  | 'through'
  | 'source'
  | 'trunk'
  | 'fromGateway'
  | 'marks'
  | 'media'
  | 'recorded'
>;

/** The one line that stays of a call. */
export function recordOf(
  facts: Facts,
  termination: Termination,
  endedAt: MonoMs,
  particulars: Particulars,
): CallRecord {
  return {
    record: 1,
    callId: facts.callId,
    ...particulars,
    receivedAt: facts.startedAtUnix,
    from: textOf(facts.asked.from),
    to: textOf(facts.asked.to),
    emergency: facts.emergency,
    times: { invite: facts.startedAtUnix, ...facts.times, ended: unixAt(facts, endedAt) },
    moved: facts.moved,
    attempts: facts.attempts,
    ...termination,
    durationMs: Math.round(endedAt - facts.startedAt),
  };
}
