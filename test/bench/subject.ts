import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
const root = path.resolve(here, '../..');
const TICKS_PER_SEC = 100;
const START_MS = 1500;

export type Result = {
  readonly calls: number;
  readonly failed: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
};

/** A process that is measured. */
export type Subject = {
  readonly pid: number;
  readonly folder: string;
  stop(): Promise<void>;
};

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

export function forwarder(folder: string): Subject {
  const ends = ['127.9.0.112:5060', '127.9.0.21:5060', '127.9.0.31:5080'];
  return start(['--import', 'tsx', path.join(here, 'forwarder.ts'), ...ends], folder);
}

export function landfall(folder: string, nodeOptions: readonly string[] = []): Subject {
  const config = path.join(folder, 'site.yaml');
  writeFileSync(config, CONFIG.replaceAll('DIR', folder));
  const node = path.join(root, 'dist/apps/cli/landfall.js');
  const args = ['--enable-source-maps', ...nodeOptions, node, 'start', '--config', config];
  return start(args, folder);
}

/** Subject on core 0, load on core 1: neither takes the other's time. */
function start(args: readonly string[], folder: string): Subject {
  const log = openSync(path.join(folder, 'subject.log'), 'w');
  const child = spawn('taskset', ['-c', '0', process.execPath, ...args], {
    stdio: ['ignore', log, 'inherit'],
    env: { ...process.env, HEAP_PROBE_FILE: path.join(folder, 'heap.json') },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the subject did not start');
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid,
    folder,
    stop: () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

/** Starts a subject, uses it, and leaves nothing behind. */
export async function withSubject<T>(
  startIt: (folder: string) => Subject,
  use: (subject: Subject) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-bench-'));
  const subject = startIt(folder);
  try {
    await new Promise((resolve) => setTimeout(resolve, START_MS));
    return await use(subject);
  } finally {
    await subject.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export type Load = {
  readonly rate: number;
  readonly calls: number;
  readonly pin?: boolean;
  readonly holdMs?: number;
};

export async function load({ rate, calls, pin = false, holdMs = 50 }: Load): Promise<Result> {
  const args = ['--import', 'tsx', path.join(here, 'load.ts'), '--rate', `${rate}`];
  args.push('--calls', `${calls}`, '--holdMs', `${holdMs}`);
  if (pin) args.push('--pin');
  const { stdout } = await promisify(execFile)('taskset', ['-c', '1', process.execPath, ...args]);
  return JSON.parse(stdout) as Result;
}

/** CPU time of a process in milliseconds, user and system. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SEC;
}
