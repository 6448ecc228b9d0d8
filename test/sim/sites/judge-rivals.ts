import type { Complain } from '../model.ts';
import type { LegSeen } from '../reading.ts';
import { type CallFacts, isFirstInvite } from './judge-call.ts';
import { type Quiet, waysOf } from './quiet.ts';
import type { SitesWorld } from './run-sites.ts';

/** So near each other, whoever is asked has answered before anybody is called. */
const NEAR_MS = 14;
/** As long as a site may wait before it calls somebody. */
const BUDGET_MS = 30;
/** Two ways and the time that nobody needs. */
const SLACK_MS = 100;

/** A copy of its INVITE is carried to the site that has the call, or given up, in that time. */
const CARRIED_MS = 2000;

type Party = { readonly site: number; readonly legs: LegSeen[] };

/** Of several sites that call somebody one goes on, when one of them rings. [P1] */
export function judgeRivals(
  { call, seen }: CallFacts,
  { plan }: SitesWorld,
  quiet: Quiet,
  say: Complain,
): void {
  const parties = new Map<number, Party>();
  for (const leg of call.legs) {
    const site = seen[leg.invited.index]?.site ?? 0;
    const party = parties.get(site) ?? { site, legs: [] };
    parties.set(site, party);
    party.legs.push(leg);
  }
  if (parties.size < 2) return;
  const way = waysOf(plan).msMax;
  const [first = 0, second = 0] = [...parties.keys()]
    .map((site) => seen.find((one) => one.site === site && isFirstInvite(one))?.atMs ?? 0)
    .sort((one, other) => one - other);
  const isKnown = plan.sites.length <= 3 || way <= NEAR_MS;
  if (isKnown && second - first > BUDGET_MS + 2 * way && quiet.isQuiet(first, second + CARRIED_MS))
    say('P1', `sites ${[...parties.keys()].join(' and ')} called somebody`);
  const rangMs = Math.min(...[...parties.values()].map(rangAtMs));
  const begunMs =
    [...parties.values()].map(({ legs }) => legs[0]?.invited.atMs ?? 0).sort((a, b) => a - b)[1] ??
    0;
  const settledMs = Math.max(rangMs, begunMs + way) + 2 * way + SLACK_MS;
  if (!Number.isFinite(settledMs) || !quiet.isQuiet(call.invited.atMs, settledMs)) return;
  const living = [...parties.values()].filter(({ legs }) =>
    legs.some((leg) => isAlive(leg, settledMs)),
  );
  const unanswered = living.filter(({ legs }) => legs.every(({ answers }) => answers.length === 0));
  if (living.length > 1 && unanswered.length > 0)
    say('P1', `sites ${living.map(({ site }) => site).join(' and ')} have a leg b at ${settledMs}`);
}

const rangAtMs = ({ legs }: Party) =>
  Math.min(
    ...legs.map(({ rang, answers }) => Math.min(...[...rang, ...answers].map(({ atMs }) => atMs))),
  );

/** One that has said nothing cannot be cancelled yet. */
function isAlive({ heard, cancelled, refused, answers }: LegSeen, atMs: number): boolean {
  if (answers.length > 0)
    return answers.some(
      ({ atMs: since, byeIn, byeOut }) => since <= atMs && endOf(byeIn, byeOut) > atMs,
    );
  return heard !== undefined && heard.atMs + SLACK_MS < atMs && endOf(cancelled, refused) > atMs;
}

const endOf = (...ends: readonly ({ readonly atMs: number } | undefined)[]) =>
  Math.min(...ends.map((one) => one?.atMs ?? Number.POSITIVE_INFINITY));
