import { type MonoMs, monoMs } from '../base/brands.ts';
import { never } from '../base/never.ts';
import type { ProbeRules } from './options.ts';

/**
 * What is believed of a gateway:
 * - `up`: it works;
 * - `suspect`: it has failed, not often enough to be down; it is tried after those that are up;
 * - `down`: it has failed often, and is tried last;
 * - `closing`: it works again; ordinary calls come back to it slowly.
 */
export type Belief =
  | { readonly tag: 'up' }
  | { readonly tag: 'suspect'; readonly probesFailed: number; readonly callsFailed: number }
  | { readonly tag: 'down'; readonly probesAlive: number }
  | {
      readonly tag: 'closing';
      /** Until then one ordinary call is out to try it. Absent: none is. */
      readonly trialUntil: MonoMs | undefined;
      /** When a call went well. Absent: none has yet. */
      readonly passedAt: MonoMs | undefined;
    };

export type Health = {
  readonly belief: Belief;
  readonly since: MonoMs;
  readonly why: string;
  /** It has asked for rest until then. */
  readonly restsUntil: MonoMs | undefined;
  readonly failedAt: MonoMs | undefined;
};

export type HealthEvent = { readonly at: MonoMs; readonly by: 'probe' | 'call' } & (
  | { readonly on: 'alive' }
  | {
      readonly on: 'failed';
      readonly why: string;
      /** A 503 may say how long it wants rest. [3261-20.33] */
      readonly restMs: number | undefined;
    }
);

/** How long one failed call is held against a gateway that has not failed again. */
const SUSPICION_MS = 10_000;
/** How long a gateway that is not probed is down, before a call tries it. */
const UNPROBED_DOWN_MS = 10_000;
const TRIAL_MS = 10_000;
/** From the first good call on, the share of ordinary calls grows to all of them. */
const CLOSING_MS = 30_000;
const SHARE_FIRST = 0.1;
/** Nobody is believed to need rest for longer. */
const REST_MS_MAX = 3_600_000;

/** The thresholds of calls, and those of a gateway that is not probed. */
export const THRESHOLDS: Pick<ProbeRules, 'downAfter' | 'upAfter'> = { downAfter: 3, upAfter: 2 };

export function unknownHealth(at: MonoMs): Health {
  const nothing = { restsUntil: undefined, failedAt: undefined };
  return { belief: { tag: 'up' }, since: at, why: 'nothing is known against it', ...nothing };
}

/** What is believed after something was seen of a gateway. */
export function stepHealth(
  health: Health,
  event: HealthEvent,
  probe: ProbeRules | undefined,
): Health {
  const now = healthAt(health, event.at, probe);
  if (event.on === 'alive') return alive(now, event, probe ?? THRESHOLDS);
  const { restMs, at } = event;
  const rests = restMs === undefined ? now.restsUntil : monoMs(at + Math.min(restMs, REST_MS_MAX));
  const failed = { ...now, restsUntil: rests, failedAt: at };
  return fail(failed, event, probe ?? THRESHOLDS);
}

function fail(
  health: Health,
  { at, by, why }: Extract<HealthEvent, { on: 'failed' }>,
  { downAfter }: typeof THRESHOLDS,
): Health {
  const { belief } = health;
  const down = (times: number) => {
    const said = times > 1 ? `${why}, ${times} times in a row` : why;
    return becomes(health, { tag: 'down', probesAlive: 0 }, at, said);
  };
  switch (belief.tag) {
    case 'up':
    case 'suspect': {
      const before = belief.tag === 'up' ? NO_FAILURES : belief;
      const probesFailed = before.probesFailed + (by === 'probe' ? 1 : 0);
      const callsFailed = before.callsFailed + (by === 'call' ? 1 : 0);
      const worst = Math.max(probesFailed, callsFailed);
      if (worst >= downAfter) return down(worst);
      const suspect = { tag: 'suspect', probesFailed, callsFailed } as const;
      if (belief.tag === 'up') return becomes(health, suspect, at, why);
      return { ...health, belief: suspect, why };
    }
    case 'closing':
      return down(1);
    case 'down':
      return { ...health, belief: { tag: 'down', probesAlive: 0 } };
    default:
      return never(belief);
  }
}

const NO_FAILURES = { probesFailed: 0, callsFailed: 0 };

function alive(health: Health, { at, by }: HealthEvent, { upAfter }: typeof THRESHOLDS): Health {
  const { belief } = health;
  switch (belief.tag) {
    case 'up':
      return health;
    case 'suspect': {
      // An answer to OPTIONS does not say that calls go through, and a call says all.
      const callsFailed = by === 'call' ? 0 : belief.callsFailed;
      if (callsFailed === 0) return becomes(health, { tag: 'up' }, at, `a ${by} went well`);
      return { ...health, belief: { ...belief, probesFailed: 0 } };
    }
    case 'down': {
      if (by === 'call') return becomes(health, passed(at), at, 'a call went well');
      const probesAlive = belief.probesAlive + 1;
      if (probesAlive < upAfter) return { ...health, belief: { ...belief, probesAlive } };
      return becomes(health, UNTRIED, at, `${probesAlive} probes in a row were answered`);
    }
    case 'closing':
      if (by === 'probe' || belief.passedAt !== undefined) return health;
      return { ...health, belief: passed(at), why: 'a call went well' };
    default:
      return never(belief);
  }
}

const UNTRIED = { tag: 'closing', trialUntil: undefined, passedAt: undefined } as const;

const passed = (passedAt: MonoMs) => ({ ...UNTRIED, passedAt });

/** What is believed at a moment: time alone ends suspicion, rest and slow closing. */
export function healthAt(health: Health, at: MonoMs, probe: ProbeRules | undefined): Health {
  const { belief, since, failedAt = since } = health;
  switch (belief.tag) {
    case 'up':
      return health;
    case 'suspect': {
      if (at - failedAt < SUSPICION_MS) return health;
      const isProbed = probe !== undefined && belief.probesFailed > 0;
      if (isProbed) return { ...health, belief: { ...belief, callsFailed: 0 } };
      return becomes(health, { tag: 'up' }, monoMs(failedAt + SUSPICION_MS), 'it failed no more');
    }
    case 'down':
      if (probe !== undefined || at - failedAt < UNPROBED_DOWN_MS) return health;
      return becomes(health, UNTRIED, monoMs(failedAt + UNPROBED_DOWN_MS), 'it may be tried again');
    case 'closing': {
      const { passedAt } = belief;
      if (passedAt === undefined || at - passedAt < CLOSING_MS) return health;
      return becomes(health, { tag: 'up' }, monoMs(passedAt + CLOSING_MS), 'calls went well');
    }
    default:
      return never(belief);
  }
}

/** An ordinary call goes to it: while it is closing and untried, that is the one trial. */
export function sendTrial(health: Health, at: MonoMs): Health {
  const { belief } = health;
  if (belief.tag !== 'closing' || belief.passedAt !== undefined) return health;
  return { ...health, belief: { ...belief, trialUntil: monoMs(at + TRIAL_MS) } };
}

/** The share of ordinary calls that it gets in its turn, from 0 to 1. */
export function shareAt({ belief }: Health, at: MonoMs): number {
  if (belief.tag !== 'closing') return 1;
  const { trialUntil, passedAt } = belief;
  if (passedAt === undefined) return trialUntil === undefined || at >= trialUntil ? 1 : 0;
  return Math.min(1, SHARE_FIRST + ((1 - SHARE_FIRST) * (at - passedAt)) / CLOSING_MS);
}

function becomes(health: Health, belief: Belief, since: MonoMs, why: string): Health {
  return { ...health, belief, since, why };
}
