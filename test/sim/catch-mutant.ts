import { runWorld } from './run-world.ts';
import { runSites } from './sites/run-sites.ts';

const WORLDS_MAX = 100;
const CALLS_PER_WORLD = 200;
/** Worlds of several sites have fewer calls. */
const SITES_WORLDS_MAX = 200;

const [, , promise = '', first = '1', among] = process.argv;
const [worldsMax, run] =
  among === 'sites'
    ? [SITES_WORLDS_MAX, (seed: number) => runSites(seed)]
    : [WORLDS_MAX, (seed: number) => runWorld(seed, CALLS_PER_WORLD)];

/** Runs worlds until one reports the promise that is named. */
let others = 0;
for (let seed = Number(first); seed < Number(first) + worldsMax; seed += 1) {
  const { broken } = await run(seed);
  const what = broken.find((one) => one.startsWith(`${promise}: `));
  if (what === undefined) {
    others += broken.length;
    continue;
  }
  console.log(JSON.stringify({ seed, what: what.split('\n')[0] }));
  process.exit(0);
}
console.log(JSON.stringify({ seed: undefined, what: `${others} other complaints` }));
process.exitCode = 1;
