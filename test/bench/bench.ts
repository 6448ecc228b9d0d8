import { parseArgs } from 'node:util';
import { buildOlder } from '../../apps/lab/older-build.ts';
import { anchored } from './anchored.ts';
import { drachtio } from './drachtio.ts';
import { type Contender, compared, middle, runSideBySide } from './side-by-side.ts';
import { forwarder, landfall, load, ROOT, withSubject } from './subject.ts';

const WARM_UP_CALLS = 2000;
const WARM_UP_RATE = 300;
const RATES = [300, 500, 1000, 1500, 2000, 3000];
const STEP_SECONDS = 10;
const OWN_DELAY_MS_MAX = 20;

type Raced = Contender & {
  /** Whether it is worth knowing how many calls a second it bears. */
  readonly isRaced: boolean;
};

/** Raises the rate until a call fails or the delay is heard. */
function race({ name, startIt, pin = false }: Raced): Promise<void> {
  const alone = (folder: string) => startIt(folder, 0);
  return withSubject(alone, async () => {
    await load({ rate: WARM_UP_RATE, calls: WARM_UP_CALLS, pin });
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

/** What each costs beside the others, then how many calls a second it bears alone. */
async function compare(contenders: readonly Raced[], rounds: number): Promise<void> {
  const costs = await runSideBySide(contenders, rounds);
  for (const { name } of contenders) {
    const ratio = name === 'landfall' ? '' : `, ${compared(costs, 'landfall', name)}`;
    console.log(`${name}: ${middle(costs, name).toFixed(3)} ms CPU per call${ratio}`);
  }
  for (const one of contenders) if (one.isRaced) await race(one);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      against: { type: 'string' },
      drachtio: { type: 'string' },
      media: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
    },
  });
  const contenders: Raced[] = [
    { name: 'forwarder', startIt: forwarder, pin: true, isRaced: false },
    { name: 'landfall', startIt: (folder, net) => landfall(folder, { net }), isRaced: true },
  ];
  const { against, drachtio: binary, media, rounds } = values;
  if (media) contenders.push({ name: 'anchored', startIt: anchored, isRaced: false });
  if (binary !== undefined) {
    const startIt = (folder: string, net: number) => drachtio(binary, folder, net);
    contenders.push({ name: 'drachtio', startIt, pin: true, isRaced: true });
  }
  const older = against === undefined ? undefined : buildOlder(ROOT, against);
  if (older !== undefined) {
    const { root } = older;
    const startIt = (folder: string, net: number) => landfall(folder, { root, net });
    contenders.push({ name: 'older', startIt, isRaced: true });
    console.log(`older: ${against}`);
  }
  try {
    await compare(contenders, Number(rounds));
  } finally {
    older?.remove();
  }
}

await main();
