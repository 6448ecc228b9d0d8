import { runWorld } from './run-world.ts';

const WORLDS_MAX = 100;
const CALLS_PER_WORLD = 200;

/** Runs worlds until one reports the promise that is named, at most 20,000 calls. */
const promise = process.argv[2] ?? '';
let others = 0;
for (let seed = 1; seed <= WORLDS_MAX; seed += 1) {
  const { broken } = await runWorld(seed, CALLS_PER_WORLD);
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
