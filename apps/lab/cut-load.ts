import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallTrace } from './call-trace.ts';
import type { Caller } from './caller.ts';
import { ackCrossed, type Check, everyEnds, fromWhereAsked, noneLeft } from './checks.ts';
import { areBothAnswered, type Cut, doubledMs, startCuts } from './link-cuts.ts';
import { type LoadCall, type LoadPlan, playCalls } from './load-calls.ts';
import { openTally } from './load-tally.ts';
import { hearsAsk, talk } from './plays.ts';
import type { Take } from './row.ts';
import type { RunningLab } from './running-lab.ts';
import { siteName } from './topology.ts';
import type { RouteRule } from './transit-link.ts';

/** What a cut does to a call may show so long after it has healed. */
const MEND_MS = 6000;
/** A healed link is dialled and told of claims within so long, or as long as it was cut. */
const TOGETHER_MS = 3000;
const SETTLE_MS = 3000;

export type CutPlan = Omit<LoadPlan, 'kinds' | 'settleMs'> & {
  readonly cutEverySec: number;
  readonly cutForSec: number;
};

/**
 * Calls that are up while links between sites are cut and healed again and again. What fails fails
 * near a cut; two legs b of a call are one soon after, unless both were answered; none is left.
 */
export async function loadWithCuts(lab: RunningLab, plan: CutPlan): Promise<boolean> {
  const { cutEverySec, cutForSec, rule } = plan;
  const togetherMs = Math.max(TOGETHER_MS, cutForSec * 1000);
  // Calls outlast a cut, so that two legs of one that never meet are up for too long.
  const kinds = longKinds(rule, cutForSec * 1000 + 2 * togetherMs);
  const heard: LoadCall[] = [];
  const cutting = startCuts(lab, cutEverySec, cutForSec);
  await playCalls(
    lab,
    { ...plan, kinds, settleMs: SETTLE_MS },
    { before: () => Promise.resolve(), heard: (call) => void heard.push(call) },
  );
  const cuts = await cutting.stop();
  const { atMs } = await lab.transit.state();
  const wrong = await wrongAtSites(lab);
  writeFailed(lab, heard, cuts);
  const { lines, isFine } = reportOf(heard, cuts, { endAt: atMs, togetherMs });
  for (const line of [...lines, ...wrong]) console.log(line);
  return isFine && wrong.length === 0;
}

function longKinds(route: RouteRule, stayMs: number): readonly Take[] {
  const answered: readonly Check[] = [everyEnds('INVITE', 200), ackCrossed, fromWhereAsked];
  const over = [everyEnds('BYE', 200), noneLeft];
  return [
    {
      name: 'talk',
      dialled: 'answer-300',
      route,
      play: talk(stayMs),
      must: [...answered, ...over],
    },
    {
      name: 'cancel',
      dialled: 'ring',
      route,
      play: cancelAfter(stayMs),
      must: [everyEnds('CANCEL', 200), everyEnds('INVITE', 487), fromWhereAsked, noneLeft],
    },
    {
      name: 'late answer',
      dialled: `answer-${stayMs}`,
      route,
      play: talk(),
      must: [...answered, ...over],
    },
    {
      name: 'hung up on',
      dialled: `hangs-up-${stayMs}`,
      route,
      play: beHungUpOnAfter(stayMs),
      must: [...answered, noneLeft],
    },
  ];
}

const cancelAfter = (ringMs: number) => async (caller: Caller) => {
  caller.invite();
  // Its 180 may be lost, and nobody says it again.
  await caller.hears(({ status }) => status === 100 || status === 180);
  await pause(ringMs);
  caller.cancel();
  await Promise.all([caller.final('CANCEL'), caller.final('INVITE')]);
};

const beHungUpOnAfter = (ms: number) => async (caller: Caller) => {
  caller.invite();
  await caller.final('INVITE');
  await hearsAsk(caller, 'BYE', ms + MEND_MS);
};

export type Watch = { readonly endAt: number; readonly togetherMs: number };

export function reportOf(
  calls: readonly LoadCall[],
  cuts: readonly Cut[],
  { endAt, togetherMs }: Watch,
) {
  const tally = openTally();
  for (const call of calls) tally.hear(call);
  const failed = calls.filter(({ faults }) => faults.length > 0);
  const away = failed.filter(({ trace }) => !isNearCut(trace, cuts));
  const doubled = calls.filter(({ trace }) => trace.legs.length > 1);
  const chosen = doubled.filter(({ trace }) => areBothAnswered(trace.legs));
  const spans = doubled.map(({ trace }) => doubledMs(trace.legs, cuts, endAt));
  const long = spans.filter((ms) => ms > togetherMs);
  const lines = [
    ...tally.reasons(),
    `${cuts.length} times a link was cut; ${calls.length} calls: ${failed.length} failed, ${away.length} of them without a cut near`,
    `${doubled.length} with a second leg b, ${chosen.length} of them with both answered`,
    `${long.length} with two for longer than ${togetherMs} ms after healing; the longest ${Math.round(Math.max(0, ...spans))} ms`,
    `${tally.left} left legs`,
  ];
  return { lines, isFine: away.length === 0 && long.length === 0 && tally.left === 0 };
}

/** Whether a link was cut, or not yet up again, while it was up. */
export function isNearCut({ packets }: CallTrace, cuts: readonly Cut[]): boolean {
  const fromAt = packets[0]?.at ?? 0;
  const toAt = packets.at(-1)?.at ?? 0;
  return cuts.some(({ cutAt, healedAt }) => cutAt <= toAt && healedAt + MEND_MS >= fromAt);
}

/** The calls that failed with their packets, after the cuts. */
function writeFailed({ options }: RunningLab, calls: readonly LoadCall[], cuts: readonly Cut[]) {
  const failed = calls.filter(({ faults }) => faults.length > 0);
  const lines = failed.map(({ type, take, faults, trace }) => ({
    caller: type,
    take: take.name,
    faults,
    ...trace,
  }));
  const text = [{ cuts }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(path.join(options.folder, 'calls.ndjson'), text);
}

/** A node that is gone, or has noticed a bug of its own. */
async function wrongAtSites({ transit, options }: RunningLab): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let site = 1; site <= options.sites; site += 1) {
    const name = siteName(site);
    if (!(await transit.isRunning(name))) wrong.push(`${name} is gone`);
    const steps = readFileSync(path.join(options.folder, name, 'steps.ndjson'), 'utf8');
    const bugs = steps.split('"event":"bug"').length - 1;
    if (bugs > 0) wrong.push(`${name} tells of ${bugs} bugs`);
  }
  return wrong;
}
