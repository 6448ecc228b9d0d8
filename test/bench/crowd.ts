import { cpuMs, landfall, load, median, withSubject } from './subject.ts';

const ROUNDS = 3;
const RATE = 300;
const WARM_UP_CALLS = 2000;
const CALLS = 9000;
/** At 300 calls a second these are 30, 300 and 3,000 calls at once. */
const HOLDS_MS = [100, 1000, 10_000];

/** What a call costs beside few others, and beside ten and a hundred times as many. */
async function main(): Promise<void> {
  const costs = new Map(HOLDS_MS.map((holdMs) => [holdMs, [] as number[]]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const holdMs of HOLDS_MS) {
      const cost = await withSubject(landfall, async (subject) => {
        await load({ rate: RATE, calls: WARM_UP_CALLS });
        const before = cpuMs(subject);
        const { calls, failed, p99 } = await load({ rate: RATE, calls: CALLS, holdMs });
        const each = (cpuMs(subject) - before) / calls;
        console.log(
          `round ${round}  ${(RATE * holdMs) / 1000} at once: ${each.toFixed(3)} ms CPU per call, ` +
            `${failed} failed, p99 ${p99.toFixed(2)} ms`,
        );
        return each;
      });
      costs.get(holdMs)?.push(cost);
    }
  }
  const least = median(costs.get(HOLDS_MS[0] ?? 0) ?? []);
  for (const [holdMs, all] of costs) {
    const cost = median(all);
    console.log(
      `median  ${(RATE * holdMs) / 1000} at once: ${cost.toFixed(3)} ms CPU per call, ` +
        `${(cost / least).toFixed(2)} times that of the fewest`,
    );
  }
}

await main();
