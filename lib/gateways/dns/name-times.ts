import type { Rng } from '../../base/time.ts';
import type { NameAnswer } from '../../ports/name-service.ts';

/** A TTL of 0 must not make a query each moment, and years must not outlive a slip. [8767-4] */
const TTL_SEC_MIN = 5;
const TTL_SEC_MAX = 3600;
/** A name that is being set up is found within minutes, whatever its zone says. [2308-5] */
const NOTHING_SEC_MAX = 300;
/** For an answer without the SOA that would say how long there is nothing. */
const NOTHING_SEC_UNSAID = 30;
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 60_000;

/**
 * How long what DNS once said is used after it has expired while nobody says anything else. RFC
 * 8767 suggests one to three days; a dead resolver over a long holiday must not cost an emergency
 * call, and the price of an address that is not theirs any more is one try that fails.
 */
export const STALE_MS_MAX = 7 * 24 * 3_600_000;

/** How long an answer holds. */
export function lifeMs(answer: Exclude<NameAnswer, { kind: 'failed' }>): number {
  if (answer.kind !== 'nothing') return 1000 * within(TTL_SEC_MIN, answer.ttlSec, TTL_SEC_MAX);
  return 1000 * within(TTL_SEC_MIN, answer.ttlSec ?? NOTHING_SEC_UNSAID, NOTHING_SEC_MAX);
}

/** Before it expires, and not all names at once. */
export function refreshDelayMs(life: number, rng: Rng): number {
  return life * (0.8 + 0.1 * rng.fraction());
}

/** Twice as long after each failure in a row, give or take a quarter. */
export function retryDelayMs(failures: number, rng: Rng): number {
  const delay = Math.min(RETRY_MS_MIN * 2 ** (failures - 1), RETRY_MS_MAX);
  return delay * (0.75 + 0.5 * rng.fraction());
}

function within(min: number, value: number, max: number): number {
  return Math.max(min, Math.min(value, max));
}
