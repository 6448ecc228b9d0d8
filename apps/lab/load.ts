import type { CallerType } from './caller-words.ts';
import { flapRule } from './flap.ts';
import { isInside, runInside } from './inside.ts';
import { Misuse, namesOf, numberOf, readLabArguments } from './lab-arguments.ts';
import { LINK_OPTIONS, linkSettingOf, setCallersLinks } from './link.ts';
import { type LoadEars, playCalls } from './load-calls.ts';
import { openTally } from './load-tally.ts';
import { CALLER_TYPES } from './matrix.ts';
import { openHalves } from './redis-halves.ts';
import { joinLab, type RunningLab } from './running-lab.ts';
import { loadBySipp } from './sipp-load.ts';
import { countsOf } from './site-counts.ts';
import { breakRedis, REDIS_FAULTS, type RedisFault } from './site-redis.ts';
import { REDIS_SITE, siteName } from './topology.ts';
import type { RouteRule } from './transit-link.ts';
import { labOptionsOf, UP_OPTIONS } from './up-and-down.ts';

const CALLS_MAX = 40_000;
const UDP_CALLERS = ['H', 'P', 'I', 'S'] as const;

/** `lab load`: whether no call failed, no leg b was doubled and none was left. */
export async function load(args: readonly string[]): Promise<boolean> {
  const asked = readLoadArguments(args);
  if (!isInside()) return runInside(asked.lab);
  const lab = await joinLab(asked.lab.folder);
  await setCallersLinks(lab, asked.links);
  const isFine = await kindOf(asked)(lab, asked);
  await lab.calm();
  lab.close();
  return isFine;
}

function kindOf({ caller, redisFault }: LoadArguments) {
  if (caller === 'sipp') return loadBySipp;
  return redisFault === undefined ? loadByCallers : loadWithRedisFault;
}

export type LoadArguments = ReturnType<typeof readLoadArguments>;

function readLoadArguments(args: readonly string[]) {
  const { values } = readLabArguments(args, {
    ...UP_OPTIONS,
    cps: { type: 'string' },
    calls: { type: 'string' },
    'flap-every': { type: 'string' },
    ...LINK_OPTIONS,
    caller: { type: 'string' },
    'redis-fault': { type: 'string' },
  });
  const { cps: rate, caller, 'flap-every': every, 'redis-fault': fault } = values;
  if (rate === undefined) throw new Misuse('--cps is missing');
  const cps = numberOf('cps', rate, { min: 1, max: 1000 });
  const known: readonly string[] = [...CALLER_TYPES, 'sipp'];
  if (caller !== undefined && !known.includes(caller))
    throw new Misuse(`--caller ${caller}: ${known.join(', ')} would be right`);
  if (fault !== undefined) namesOf('redis-fault', fault, REDIS_FAULTS);
  if (fault !== undefined && caller === 'sipp')
    throw new Misuse('--caller sipp: with --redis-fault a caller of the lab would be right');
  const options = labOptionsOf(values);
  const rule: RouteRule =
    every === undefined ? { to: REDIS_SITE } : flapRule('flap-every', every, options.seed);
  const calls = values.calls ?? `${Math.ceil(cps * 10)}`;
  return {
    lab: options,
    cps,
    calls: numberOf('calls', calls, { min: 1, max: CALLS_MAX }),
    rule,
    links: linkSettingOf(values),
    caller,
    types: caller === undefined ? UDP_CALLERS : [caller as CallerType],
    redisFault: fault as RedisFault | undefined,
  };
}

async function loadByCallers(lab: RunningLab, asked: LoadArguments): Promise<boolean> {
  return tallied(lab, asked, { before: () => Promise.resolve(), heard: () => undefined });
}

/** The second half of the calls has a Redis that is no help, and must not be any worse for it. */
async function loadWithRedisFault(lab: RunningLab, asked: LoadArguments): Promise<boolean> {
  const { calls, redisFault } = asked;
  if (redisFault === undefined) throw new Error('no fault is named');
  const halves = openHalves(calls, redisFault);
  const batches = () => countsOf(lab, REDIS_SITE, 'claim_batches');
  let before: Awaited<ReturnType<typeof batches>> = {};
  const isWell = await tallied(lab, asked, {
    async before(index) {
      if (index !== halves.breaksAt) return;
      before = await batches();
      await breakRedis(lab, redisFault);
    },
    heard: (call) => halves.hear(call),
  });
  const { lines, isFine } = halves.report();
  const [first, last] = [before, await batches()];
  const said = (counts: typeof first) => `${counts['kept'] ?? 0} kept, ${counts['lost'] ?? 0} lost`;
  for (const line of lines) console.log(line);
  console.log(`Batches of claims at ${siteName(REDIS_SITE)}: ${said(first)}; then ${said(last)}`);
  return isWell && isFine;
}

async function tallied(lab: RunningLab, asked: LoadArguments, ears: LoadEars): Promise<boolean> {
  const tally = openTally();
  const begunMs = await playCalls(lab, asked, {
    before: ears.before,
    heard(call) {
      tally.hear(call);
      ears.heard(call);
    },
  });
  for (const reason of tally.reasons()) console.log(reason);
  const { failed, doubled, left } = tally;
  const rate = ((asked.calls * 1000) / begunMs).toFixed(0);
  console.log(
    `${asked.calls} calls, ${rate} a second: ${failed} failed, ${doubled} with a second leg b, ${left} left legs`,
  );
  return failed === 0 && doubled === 0 && left === 0;
}
