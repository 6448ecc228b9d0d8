import { loadWithCuts } from './cut-load.ts';
import { isInside, runInside } from './inside.ts';
import { setCallersLinks } from './link.ts';
import { type LoadArguments, readLoadArguments } from './load-arguments.ts';
import { type LoadEars, playCalls } from './load-calls.ts';
import { openTally } from './load-tally.ts';
import { openHalves } from './redis-halves.ts';
import { joinLab, type RunningLab } from './running-lab.ts';
import { loadBySipp } from './sipp-load.ts';
import { countsOf } from './site-counts.ts';
import { breakRedis, type RedisFault } from './site-redis.ts';
import { REDIS_SITE, siteName } from './topology.ts';

/** `lab load`: whether no call failed, no leg b was doubled and none was left. */
export async function load(args: readonly string[]): Promise<boolean> {
  const asked = readLoadArguments(args);
  if (!isInside()) return runInside(asked.lab);
  const lab = await joinLab(asked.lab.folder);
  await setCallersLinks(lab, asked.links);
  const isFine = await play(lab, asked);
  await lab.calm();
  lab.close();
  return isFine;
}

function play(lab: RunningLab, asked: LoadArguments): Promise<boolean> {
  const { caller, fault } = asked;
  if (caller === 'sipp') return loadBySipp(lab, asked);
  switch (fault.kind) {
    case 'none':
      return loadByCallers(lab, asked);
    case 'redis':
      return loadWithRedisFault(lab, asked, fault.fault);
    case 'cuts':
      return loadWithCuts(lab, { ...asked, ...fault });
  }
}

function loadByCallers(lab: RunningLab, asked: LoadArguments): Promise<boolean> {
  return tallied(lab, asked, { before: () => Promise.resolve(), heard: () => undefined });
}

/** The second half of the calls has a Redis that is no help, and must not be any worse for it. */
async function loadWithRedisFault(
  lab: RunningLab,
  asked: LoadArguments,
  fault: RedisFault,
): Promise<boolean> {
  const halves = openHalves(asked.calls, fault);
  const batches = () => countsOf(lab, REDIS_SITE, 'claim_batches');
  let before: Awaited<ReturnType<typeof batches>> = {};
  const isWell = await tallied(lab, asked, {
    async before(index) {
      if (index !== halves.breaksAt) return;
      before = await batches();
      await breakRedis(lab, fault);
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
    before: (index) => ears.before(index),
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
