import { parseArgs } from 'node:util';
import { headerValue } from '../../lib/sip/headers.ts';
import { parse } from '../../lib/sip/parse.ts';
import type { Packet } from '../support/virtual-network.ts';
import { type Outcome, runWorld } from './run-world.ts';
import { runSites } from './sites/run-sites.ts';

const CALLS_PER_WORLD = 200;
/** A world of several sites has so many on average. */
const CALLS_PER_SITES = 40;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    /** Worlds of several sites, in place of one site. */
    sites: { type: 'boolean', default: false },
    /** A Call-ID, of a phone or of leg b: every packet of both legs is printed. */
    trace: { type: 'string' },
  },
});
const { sites } = values;
const calls = Number(values.calls);
const firstSeed = Number(values.seed);
if (!(calls > 0) || !Number.isInteger(firstSeed)) {
  const usage = 'npm run sim -- [--sites] --calls N --seed S   (N calls, worlds from seed S on)';
  console.error(`usage: ${usage}`);
  process.exit(2);
}
const worlds = Math.ceil(calls / (sites ? CALLS_PER_SITES : CALLS_PER_WORLD));
let failed = 0;
const ends = new Map<string, number>();
for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
  const outcome = await run(seed);
  for (const [reason, count] of outcome.ends) ends.set(reason, (ends.get(reason) ?? 0) + count);
  if (outcome.broken.length === 0) continue;
  failed += 1;
  console.log(`seed ${seed}:`);
  for (const what of outcome.broken) console.log(`  ${what}`);
}
console.log(JSON.stringify(Object.fromEntries(ends)));
console.log(`${worlds} worlds from seed ${firstSeed}, ${failed} broke a promise`);
process.exitCode = failed === 0 ? 0 : 1;

function run(seed: number): Promise<Outcome> {
  const trace = tracer(values.trace);
  if (sites) return runSites(seed, trace);
  return runWorld(seed, Math.min(calls, CALLS_PER_WORLD), trace);
}

/** Where several sites have one address, the number of the one that sent it is printed too. */
function tracer(wanted: string | undefined) {
  if (wanted === undefined) return undefined;
  const callIds = new Set([wanted]);
  return (atMs: number, { bytes, from, to }: Packet, site?: number) => {
    const message = parse(bytes);
    if (message.kind === 'fault') return;
    if (callIds.has(headerValue(message.headers, 'subject') ?? '')) callIds.add(message.callId);
    if (!callIds.has(message.callId)) return;
    const what = message.kind === 'request' ? message.method : `${message.status}`;
    const { number, method } = message.cseq;
    const tags = `${message.from.tag?.slice(-6)} ${message.to.tag?.slice(-6)}`;
    const by = site === undefined ? '' : ` by site ${site}`;
    console.log(
      `${atMs.toFixed(0)} ${from.address} > ${to.address} ${what} (${number} ${method}) ${tags}${by}`,
    );
  };
}
