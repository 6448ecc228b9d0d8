import { cpuMs, forwarder, landfall, load, withSubject } from './subject.ts';

const ROUNDS = 3;
const WARM_UP_CALLS = 2000;
const COST_RATE = 300;
const COST_CALLS = 6000;
const RATES = [500, 1000, 1500, 2000, 3000];
const STEP_SECONDS = 10;
const OWN_DELAY_MS_MAX = 20;

const SUBJECTS = { forwarder, landfall: (folder: string) => landfall(folder) };
type Name = keyof typeof SUBJECTS;

const median = (numbers: readonly number[]) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** CPU milliseconds for one call of this subject, warmed up. */
function costOf(name: Name, round: number): Promise<number> {
  return withSubject(SUBJECTS[name], async ({ pid }) => {
    const pin = name === 'forwarder';
    await load({ rate: COST_RATE, calls: WARM_UP_CALLS, pin });
    const before = cpuMs(pid);
    const { calls, failed, p50, p99 } = await load({ rate: COST_RATE, calls: COST_CALLS, pin });
    const cost = (cpuMs(pid) - before) / calls;
    console.log(
      `round ${round}  ${name.padEnd(10)} ${cost.toFixed(3)} ms CPU per call at ${COST_RATE} cps, ` +
        `${failed} failed, INVITE to INVITE p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} ms`,
    );
    return cost;
  });
}

async function main(): Promise<void> {
  const cost: Record<Name, number[]> = { forwarder: [], landfall: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    cost.forwarder.push(await costOf('forwarder', round));
    cost.landfall.push(await costOf('landfall', round));
  }
  const bare = median(cost.forwarder);
  const ours = median(cost.landfall);
  console.log(`median: forwarder ${bare.toFixed(3)}, landfall ${ours.toFixed(3)} ms CPU per call`);
  console.log(`ratio: ${(ours / bare).toFixed(1)} times the bare forwarder`);
  await withSubject(SUBJECTS.landfall, async () => {
    await load({ rate: COST_RATE, calls: WARM_UP_CALLS });
    for (const rate of RATES) {
      const { failed, p50, p90, p99 } = await load({ rate, calls: rate * STEP_SECONDS });
      const isHeld = failed === 0 && p99 <= OWN_DELAY_MS_MAX;
      const delays = [p50, p90, p99].map((ms) => ms.toFixed(2)).join(' / ');
      console.log(`${rate} cps: ${failed} failed, p50/p90/p99 ${delays} ms, held: ${isHeld}`);
      if (!isHeld) return;
    }
  });
}

await main();
