import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Contender, compared, middle, RATE, runSideBySide } from './side-by-side.ts';
import { landfall } from './subject.ts';
import { countFrames } from './virtual-sites.ts';

const COUNTS = [1, 2, 3, 5, 10, 20, 50];
const CALLS_COUNTED = 200;
/** Whose CPU is measured: a site alone, one of three, one of fifty. */
const MEASURED = [1, 3, 50];
/** Each call has two holders, so that each site holds two calls of others for one of its own. */
const HOLDERS = 2;
const SECRET = 'of the cluster that is measured'.padEnd(40, '.');
const LINK_NET = 100;

/** A node whose peers have as many calls each; only its own CPU counts. */
function amongPeers(sites: number): Contender {
  return {
    name: `${sites} sites`,
    startIt(folder, net) {
      const subject = landfall(folder, { net, keys: clusterOf(sites, folder, LINK_NET + net) });
      const peers = peersOf(sites, LINK_NET + net);
      const stop = async () => {
        peers?.kill();
        await subject.stop();
      };
      return { ...subject, stop };
    },
  };
}

function clusterOf(sites: number, folder: string, net: number): string {
  if (sites === 1) return '';
  writeFileSync(path.join(folder, 'k1'), SECRET);
  const link = (site: number) => `127.9.${net}.${site}:7112`;
  const others = Array.from({ length: sites - 1 }, (_, at) => at + 2);
  const peers = others.map((n) => `  - { site: p${n}, number: ${n}, link: "${link(n)}" }\n`);
  const own = `cluster: { keys: ["k1=file:DIR/k1"], link: "${link(1)}" }`;
  return `${own}\npeers:\n${peers.join('')}`;
}

/** All of them in one process beside the load. */
function peersOf(sites: number, net: number) {
  if (sites === 1) return undefined;
  const rate = RATE * Math.min(HOLDERS, sites - 1);
  const program = path.join(import.meta.dirname, 'peers.ts');
  const whom = ['--sites', `${sites}`, '--net', `${net}`, '--secret', SECRET];
  const node = [process.execPath, '--import', 'tsx', program, ...whom, '--rate', `${rate}`];
  return spawn('taskset', ['-c', '1', ...node], { stdio: 'inherit' });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  console.log('sites  messages per call  strays  frames per stray');
  for (const sites of COUNTS) {
    const { perCall, strays, perStray, answered } = await countFrames(sites, CALLS_COUNTED);
    if (answered < CALLS_COUNTED) throw new Error(`${answered} of ${CALLS_COUNTED} answered`);
    console.log(`${sites}  ${perCall.toFixed(2)}  ${strays}  ${perStray.toFixed(2)}`);
  }
  const costs = await runSideBySide(MEASURED.map(amongPeers), Number(values.rounds));
  for (const sites of MEASURED) {
    const name = `${sites} sites`;
    const ratio = sites === 1 ? '' : `, ${compared(costs, name, '1 sites')}`;
    console.log(`${name}: ${middle(costs, name).toFixed(3)} ms CPU per call${ratio}`);
  }
}

await main();
