import { landfall, load, type Result, withSubject } from './subject.ts';

const WARM_UP = { rate: 300, calls: 2000 };
const RATES = [500, 1000, 2000, 4000];
const SECONDS = 10;
const EMERGENCY_PER_SEC = 20;
const EMERGENCY = { caller: '127.9.0.8:5060', gateway: '127.9.0.32:5080', user: '113' };

function say(what: string, { calls, failed, refused, p50, p99 }: Result): void {
  const answered = calls - failed - refused;
  const delays = `own delay p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} ms`;
  console.log(`  ${what}: ${calls} calls, ${answered} answered, ${refused} told to come later,`);
  console.log(`    ${failed} without an answer; ${delays}`);
}

/** Ordinary calls up to several times what the node can carry, and emergency calls beside them. */
async function main(): Promise<void> {
  await withSubject(landfall, async () => {
    await load(WARM_UP);
    for (const rate of RATES) {
      console.log(`${rate} ordinary and ${EMERGENCY_PER_SEC} emergency calls a second:`);
      const [ordinary, emergency] = await Promise.all([
        load({ rate, calls: rate * SECONDS }),
        load({ rate: EMERGENCY_PER_SEC, calls: EMERGENCY_PER_SEC * SECONDS, ...EMERGENCY }),
      ]);
      say('ordinary', ordinary);
      say('emergency', emergency);
    }
  });
}

await main();
