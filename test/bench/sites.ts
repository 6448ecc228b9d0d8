import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuMs, landfall, load, median, withSubject } from './subject.ts';
import { countFrames } from './virtual-sites.ts';

const COUNTS = [1, 2, 3, 5, 10, 20, 50];
const CALLS_COUNTED = 200;
/** Whose CPU is measured: a site alone, one of three, one of fifty. */
const MEASURED = [1, 3, 50];
const ROUNDS = 3;
const RATE = 300;
const WARM_UP_CALLS = 2000;
const CALLS = 6000;
const LINKS_UP_MS = 6000;
/** Each call has two holders, so that each site holds two calls of others for one of its own. */
const HOLDERS = 2;
const SECRET = 'of the cluster that is measured'.padEnd(40, '.');

/** CPU milliseconds of a node for one call, while its peers have as many calls each. */
function costOf(sites: number, round: number): Promise<number> {
  const startIt = (folder: string) => landfall(folder, { keys: clusterOf(sites, folder) });
  return withSubject(startIt, async (subject) => {
    const peers = peersOf(sites);
    try {
      if (peers !== undefined) await pause(LINKS_UP_MS);
      await load({ rate: RATE, calls: WARM_UP_CALLS });
      const before = cpuMs(subject);
      const { calls, failed, refused, p99 } = await load({ rate: RATE, calls: CALLS });
      const cost = (cpuMs(subject) - before) / calls;
      console.log(
        `round ${round}  ${sites} sites: ${cost.toFixed(3)} ms CPU per call at ${RATE} cps, ` +
          `${failed} failed, ${refused} refused, p99 ${p99.toFixed(2)} ms`,
      );
      return failed + refused === 0 ? cost : Number.NaN;
    } finally {
      peers?.kill();
    }
  });
}

function clusterOf(sites: number, folder: string): string {
  if (sites === 1) return '';
  writeFileSync(path.join(folder, 'k1'), SECRET);
  const others = Array.from({ length: sites - 1 }, (_, at) => at + 2);
  const peers = others.map((n) => `  - { site: p${n}, number: ${n}, link: "127.9.1.${n}:7112" }\n`);
  return `cluster: { keys: ["k1=file:DIR/k1"], link: "127.9.1.1:7112" }\npeers:\n${peers.join('')}`;
}

/** All of them in one process beside the load. */
function peersOf(sites: number) {
  if (sites === 1) return undefined;
  const rate = RATE * Math.min(HOLDERS, sites - 1);
  const program = path.join(import.meta.dirname, 'peers.ts');
  const args = ['--sites', `${sites}`, '--secret', SECRET, '--rate', `${rate}`];
  const node = [process.execPath, '--import', 'tsx', program, ...args];
  return spawn('taskset', ['-c', '1', ...node], { stdio: 'inherit' });
}

async function main(): Promise<void> {
  console.log('sites  messages per call  strays  frames per stray');
  for (const sites of COUNTS) {
    const { perCall, strays, perStray, answered } = await countFrames(sites, CALLS_COUNTED);
    if (answered < CALLS_COUNTED) throw new Error(`${answered} of ${CALLS_COUNTED} answered`);
    console.log(`${sites}  ${perCall.toFixed(2)}  ${strays}  ${perStray.toFixed(2)}`);
  }
  const costs = new Map(MEASURED.map((sites) => [sites, [] as number[]]));
  for (let round = 1; round <= ROUNDS; round += 1)
    for (const sites of MEASURED) costs.get(sites)?.push(await costOf(sites, round));
  const alone = median((costs.get(1) ?? []).filter((cost) => !Number.isNaN(cost)));
  for (const [sites, all] of costs) {
    const cost = median(all.filter((one) => !Number.isNaN(one)));
    const ratio = (cost / alone).toFixed(2);
    console.log(
      `median  ${sites} sites: ${cost.toFixed(3)} ms CPU per call, ${ratio} times one alone`,
    );
  }
}

await main();
