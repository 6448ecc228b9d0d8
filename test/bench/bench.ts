import { parseArgs } from 'node:util';
import { buildOlder } from '../../apps/lab/older-build.ts';
import { anchored } from './anchored.ts';
import { drachtio } from './drachtio.ts';
import {
  cpuMs,
  forwarder,
  landfall,
  load,
  median,
  ROOT,
  type Subject,
  withSubject,
} from './subject.ts';

const ROUNDS = 5;
const WARM_UP_CALLS = 2000;
const COST_RATE = 300;
const COST_CALLS = 6000;
const RATES = [300, 500, 1000, 1500, 2000, 3000];
const STEP_SECONDS = 10;
const OWN_DELAY_MS_MAX = 20;

/** One that can be measured. */
type Contender = {
  readonly name: string;
  readonly startIt: (folder: string) => Subject;
  /** Whether ACK and BYE go where the INVITE went. */
  readonly pin: boolean;
  /** Whether it is worth knowing how many calls a second it bears. */
  readonly isRaced: boolean;
};

/** CPU milliseconds for one call of this subject, warmed up. */
function costOf({ name, startIt, pin }: Contender, round: number): Promise<number> {
  return withSubject(startIt, async (subject) => {
    await load({ rate: COST_RATE, calls: WARM_UP_CALLS, pin });
    const before = cpuMs(subject);
    const { calls, failed, refused, p50, p99 } = await load({
      rate: COST_RATE,
      calls: COST_CALLS,
      pin,
    });
    const cost = (cpuMs(subject) - before) / calls;
    console.log(
      `round ${round}  ${name.padEnd(10)} ${cost.toFixed(3)} ms CPU per call at ${COST_RATE} cps, ` +
        `${failed} failed, ${refused} refused, ` +
        `INVITE to INVITE p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} ms`,
    );
    // A call that was not carried costs less than one that was.
    return failed + refused === 0 ? cost : Number.NaN;
  });
}

/** Raises the rate until a call fails or the delay is heard. */
function race({ name, startIt, pin }: Contender): Promise<void> {
  return withSubject(startIt, async () => {
    await load({ rate: COST_RATE, calls: WARM_UP_CALLS, pin });
    for (const rate of RATES) {
      const told = await load({ rate, calls: rate * STEP_SECONDS, pin });
      const { failed, refused, p50, p90, p99 } = told;
      const isHeld = failed + refused === 0 && p99 <= OWN_DELAY_MS_MAX;
      const delays = [p50, p90, p99].map((ms) => ms.toFixed(2)).join(' / ');
      console.log(
        `${name.padEnd(10)} ${rate} cps: ${failed} failed, ${refused} refused, ` +
          `p50/p90/p99 ${delays} ms, held: ${isHeld}`,
      );
      if (!isHeld) return;
    }
  });
}

/** Every round takes each of them in turn, so that all see the same noise. */
async function compare(contenders: readonly Contender[]): Promise<void> {
  const costs = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const one of contenders) costs.get(one.name)?.push(await costOf(one, round));
  }
  const medians = [...costs].map(([name, all]) => ({
    name,
    cost: median(all.filter((cost) => !Number.isNaN(cost))),
  }));
  const ours = medians.find(({ name }) => name === 'landfall')?.cost ?? Number.NaN;
  for (const { name, cost } of medians) {
    const ratio = name === 'landfall' ? '' : `, landfall / ${name}: ${(ours / cost).toFixed(2)}`;
    console.log(`median  ${name.padEnd(10)} ${cost.toFixed(3)} ms CPU per call${ratio}`);
  }
  for (const one of contenders) if (one.isRaced) await race(one);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      against: { type: 'string' },
      drachtio: { type: 'string' },
      media: { type: 'boolean', default: false },
    },
  });
  const contenders: Contender[] = [
    { name: 'forwarder', startIt: forwarder, pin: true, isRaced: false },
    { name: 'landfall', startIt: (folder) => landfall(folder), pin: false, isRaced: true },
  ];
  const { against, drachtio: binary, media } = values;
  if (media) contenders.push({ name: 'anchored', startIt: anchored, pin: false, isRaced: false });
  if (binary !== undefined) {
    const startIt = (folder: string) => drachtio(binary, folder);
    contenders.push({ name: 'drachtio', startIt, pin: true, isRaced: true });
  }
  const older = against === undefined ? undefined : buildOlder(ROOT, against);
  if (older !== undefined) {
    const startIt = (folder: string) => landfall(folder, older);
    contenders.push({ name: 'older', startIt, pin: false, isRaced: true });
    console.log(`older: ${against}`);
  }
  try {
    await compare(contenders);
  } finally {
    older?.remove();
  }
}

await main();
