import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
const root = path.resolve(here, '../..');
const TICKS_PER_SEC = 100;
const ROUNDS = 3;
const WARM_UP_CALLS = 2000;
const COST_RATE = 300;
const COST_CALLS = 6000;
const RATES = [500, 1000, 1500, 2000, 3000];
const STEP_SECONDS = 10;
const OWN_DELAY_MS_MAX = 20;

type Result = { calls: number; failed: number; p50: number; p90: number; p99: number };
type Subject = { readonly name: string; readonly pid: number; stop(): Promise<void> };

const CONFIG = `
site: bench
siteNumber: 1
stateDir: DIR/state
listen:
  anycast: [{ transport: udp, address: 127.9.0.112, port: 5060 }]
  unicast: [{ transport: udp, address: 127.9.0.11, port: 5060 }]
  gateway: [{ transport: udp, address: 127.9.0.21, port: 5060 }]
gateways: [{ name: load, uri: "sip:127.9.0.31:5080" }]
groups: [{ name: psap, gateways: [load] }]
routes: [{ match: { user: "112" }, group: psap }]
trunks: [{ name: load, source: ["127.9.0.0/24"] }]
log: { steps: stdout, records: DIR/calls.ndjson }
admin: { listen: "127.9.0.1:8112" }
`;

/** Subject on core 0, load on core 1: neither takes the other's time. */
function start(name: string, args: readonly string[], folder: string): Subject {
  const log = openSync(path.join(folder, `${name}.log`), 'w');
  const child = spawn('taskset', ['-c', '0', process.execPath, ...args], {
    stdio: ['ignore', log, 'inherit'],
  });
  if (child.pid === undefined) throw new Error(`${name} did not start`);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    name,
    pid: child.pid,
    stop: () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

const SUBJECTS: Readonly<Record<string, (folder: string) => Subject>> = {
  forwarder: (folder) => {
    const ends = ['127.9.0.112:5060', '127.9.0.21:5060', '127.9.0.31:5080'];
    return start(
      'forwarder',
      ['--import', 'tsx', path.join(here, 'forwarder.ts'), ...ends],
      folder,
    );
  },
  landfall: (folder) => {
    const config = path.join(folder, 'site.yaml');
    writeFileSync(config, CONFIG.replaceAll('DIR', folder));
    const node = path.join(root, 'dist/apps/cli/landfall.js');
    return start('landfall', ['--enable-source-maps', node, 'start', '--config', config], folder);
  },
};

async function load(rate: number, calls: number, pin: boolean): Promise<Result> {
  const file = path.join(here, 'load.ts');
  const args = ['--import', 'tsx', file, '--rate', `${rate}`, '--calls', `${calls}`];
  if (pin) args.push('--pin');
  const { stdout } = await run('taskset', ['-c', '1', process.execPath, ...args]);
  return JSON.parse(stdout) as Result;
}

/** CPU time of a process in milliseconds, user and system. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SEC;
}

async function withSubject<T>(name: string, use: (subject: Subject) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-bench-'));
  const subject = SUBJECTS[name]?.(folder);
  if (subject === undefined) throw new Error(`nothing to measure is called ${name}`);
  try {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return await use(subject);
  } finally {
    await subject.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

function costOf(name: string): Promise<{ msPerCall: number; result: Result }> {
  return withSubject(name, async ({ pid }) => {
    const pin = name === 'forwarder';
    await load(COST_RATE, WARM_UP_CALLS, pin);
    const before = cpuMs(pid);
    const result = await load(COST_RATE, COST_CALLS, pin);
    return { msPerCall: (cpuMs(pid) - before) / result.calls, result };
  });
}

async function main(): Promise<void> {
  const cost: Record<string, number[]> = { forwarder: [], landfall: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const name of Object.keys(cost)) {
      const { msPerCall, result } = await costOf(name);
      cost[name]?.push(msPerCall);
      const { failed, p50, p99 } = result;
      console.log(
        `round ${round}  ${name.padEnd(10)} ${msPerCall.toFixed(3)} ms CPU per call at ${COST_RATE} cps, ` +
          `${failed} failed, INVITE to INVITE p50 ${p50.toFixed(2)} p99 ${p99.toFixed(2)} ms`,
      );
    }
  }
  const bare = median(cost['forwarder'] ?? []);
  const ours = median(cost['landfall'] ?? []);
  console.log(`median: forwarder ${bare.toFixed(3)}, landfall ${ours.toFixed(3)} ms CPU per call`);
  console.log(`ratio: ${(ours / bare).toFixed(1)} times the bare forwarder`);
  await withSubject('landfall', async () => {
    await load(COST_RATE, WARM_UP_CALLS, false);
    for (const rate of RATES) {
      const { failed, p50, p90, p99 } = await load(rate, rate * STEP_SECONDS, false);
      const isHeld = failed === 0 && p99 <= OWN_DELAY_MS_MAX;
      const delays = [p50, p90, p99].map((ms) => ms.toFixed(2)).join(' / ');
      console.log(`${rate} cps: ${failed} failed, p50/p90/p99 ${delays} ms, held: ${isHeld}`);
      if (!isHeld) return;
    }
  });
}

await main();
