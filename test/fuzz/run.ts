import { parseArgs } from 'node:util';
import { startCoverage } from './coverage.ts';
import { startWatch } from './watch.ts';

const CASES = 200_000;
/** Of one failure; a smaller number of cases, and a look at its message, tell the rest. */
const WORDS_MAX = 4000;
const USAGE =
  'usage: npm run fuzz -- [--target NAME] [--cases N] [--seed S] [--coverage]\n' +
  '       npm run fuzz -- --replay TARGET:SEED';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    cases: { type: 'string', default: String(CASES) },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    replay: { type: 'string' },
    coverage: { type: 'boolean', default: false },
  },
});
const coverage = values.coverage ? await startCoverage() : undefined;
// What is loaded from here on is counted.
const { TARGETS } = await import('./targets.ts');
const { runCase, seedOfCase } = await import('./run-case.ts');

const [replayed, replaySeed] = values.replay?.split(':') ?? [];
const wanted = replayed ?? values.target;
const targets = TARGETS.filter(({ name }) => wanted === undefined || name === wanted);
const cases = Number(values.cases);
const seed = Number(values.seed);
if (targets.length === 0 || !(cases > 0) || !Number.isInteger(seed)) {
  console.error(`${USAGE}\ntargets: ${TARGETS.map(({ name }) => name).join(' ')}`);
  process.exit(2);
}

const watch = startWatch();
let failed = 0;

async function runOne(target: (typeof targets)[number], caseSeed: number): Promise<boolean> {
  watch.began(TARGETS.indexOf(target), caseSeed);
  const failure = await runCase(target, caseSeed);
  if (failure === undefined) return true;
  failed += 1;
  console.log(`${failure.target}:${failure.seed} ${failure.what.slice(0, WORDS_MAX)}`);
  console.log(`  about ${failure.about.slice(0, WORDS_MAX)}`);
  return false;
}

if (replaySeed !== undefined) {
  for (const target of targets) await runOne(target, Number(replaySeed));
} else {
  console.log(`seed ${seed}`);
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  for (const target of targets) {
    const count = Math.max(1, Math.round((cases * target.share) / shares));
    const started = process.cpuUsage();
    let done = 0;
    // What fails once fails often: the others of that target wait until it is mended.
    for (let holds = true; holds && done < count; done += 1) {
      holds = await runOne(target, seedOfCase(seed, done));
    }
    const { user, system } = process.cpuUsage(started);
    console.log(`${target.name}: ${done} cases, ${((user + system) / 1e6).toFixed(1)} s`);
  }
}
watch.stop();
if (coverage !== undefined) console.log(await coverage.report());
console.log(failed === 0 ? 'all that must hold does' : `targets that failed: ${failed}`);
process.exitCode = failed === 0 ? 0 : 1;
