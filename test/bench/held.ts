import { READABLE, readHeap } from './heap-reading.ts';
import { landfall, load, withSubject } from './subject.ts';

const CALLS = 10_000;
const RATE = 400;
/** Long enough for the ramp and for the INVITE's transactions to be forgotten. */
const HOLD_MS = 75_000;
const MEASURE_AFTER_MS = 65_000;
/** Two times the 32 s that ended transactions and legs linger. */
const QUIET_MS = 70_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a call that is up costs in memory, and whether all of it is given back. */
async function main(): Promise<void> {
  await withSubject(
    (folder) => landfall(folder, { nodeOptions: READABLE }),
    async (subject) => {
      // The last 1,000 calls are kept for the admin pages: they are there before and after.
      await load({ rate: RATE, calls: 3000 });
      await pause(QUIET_MS);
      const before = await readHeap(subject);
      const running = load({ rate: RATE, calls: CALLS, holdMs: HOLD_MS });
      await pause(MEASURE_AFTER_MS);
      const held = await readHeap(subject);
      const { failed } = await running;
      await pause(QUIET_MS);
      const after = await readHeap(subject);
      const perCall = (held.heap - before.heap) / CALLS;
      const share = (after.heap / before.heap - 1) * 100;
      console.log(
        `${CALLS} calls held, ${failed} failed: ${perCall.toFixed(0)} bytes of heap per call`,
      );
      console.log(
        `rss ${before.rss >> 20} MiB before, ${held.rss >> 20} held, ${after.rss >> 20} after`,
      );
      console.log(`heap after they ended: ${share.toFixed(1)} % over before`);
      console.log(`handles: ${before.handles} before, ${after.handles} after`);
    },
  );
}

await main();
