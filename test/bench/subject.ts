import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
export const ROOT = path.resolve(here, '../..');
const TICKS_PER_SEC = 100;
const START_MS = 1500;

export type Result = {
  readonly calls: number;
  readonly failed: number;
  /** Told to come again later. */
  readonly refused: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
};

/** What is measured: one process, or several that do the work together. */
export type Subject = {
  readonly pids: readonly number[];
  readonly folder: string;
  /** Throws what it said if a process of it is gone. */
  mustRun(): void;
  stop(): Promise<void>;
};

export const ENDS = {
  outside: '127.9.0.112:5060',
  gatewaySide: '127.9.0.21:5060',
  gateway: '127.9.0.31:5080',
};

const CONFIG = `
site: bench
siteNumber: 1
stateDir: DIR/state
listen:
  anycast: [{ transport: udp, address: 127.9.0.112, port: 5060 }]
  unicast: [{ transport: udp, address: 127.9.0.11, port: 5060 }]
  gateway: [{ transport: udp, address: 127.9.0.21, port: 5060 }]
gateways:
  - { name: load, uri: "sip:127.9.0.31:5080" }
  - { name: psap, uri: "sip:127.9.0.32:5080" }
groups:
  - { name: load, gateways: [load] }
  - { name: psap, gateways: [psap], emergency: true }
routes:
  - { match: { user: "113" }, group: psap }
  - { match: { user: "*" }, group: load }
trunks: [{ name: load, source: ["127.9.0.0/24"] }]
log: { steps: stdout, records: DIR/calls.ndjson }
admin: { listen: "127.9.0.1:8112" }
`;

export function forwarder(folder: string): Subject {
  const { outside, gatewaySide, gateway } = ENDS;
  const program = path.join(here, 'forwarder.ts');
  return start(folder, [nodeWith('--import', 'tsx', program, outside, gatewaySide, gateway)]);
}

export type NodeChoice = {
  /** Where it was built; absent: here. */
  readonly root?: string;
  readonly nodeOptions?: readonly string[];
  /** Further lines of the site file. */
  readonly keys?: string;
};

export function landfall(
  folder: string,
  { root, nodeOptions = [], keys = '' }: NodeChoice = {},
): Subject {
  const config = path.join(folder, 'site.yaml');
  writeFileSync(config, `${CONFIG}${keys}`.replaceAll('DIR', folder));
  const program = path.join(root ?? ROOT, 'dist/apps/cli/landfall.js');
  const options = ['--enable-source-maps', ...nodeOptions];
  return start(folder, [nodeWith(...options, program, 'start', '--config', config)]);
}

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

export const nodeWith = (...args: readonly string[]): Command => [process.execPath, ...args];

/** Subject on core 0, load on core 1: neither takes the other's time. */
export function start(folder: string, commands: readonly Command[]): Subject {
  const logFile = path.join(folder, 'subject.log');
  const log = openSync(logFile, 'w');
  const children = commands.map((command) =>
    spawn('taskset', ['-c', '0', ...command], {
      stdio: ['ignore', log, log],
      env: { ...process.env, HEAP_PROBE_FILE: path.join(folder, 'heap.json') },
    }),
  );
  const pids = children.map(({ pid }) => {
    if (pid === undefined) throw new Error('the subject did not start');
    return pid;
  });
  const gone = children.map(
    (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
  );
  return {
    pids,
    folder,
    mustRun() {
      if (children.every(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
        return;
      }
      throw new Error(`the subject has ended:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    },
    async stop() {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(gone);
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
    subject.mustRun();
    const outcome = await use(subject);
    subject.mustRun();
    return outcome;
  } finally {
    await subject.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export type Load = {
  readonly rate: number;
  readonly calls: number;
  /** ACK and BYE go where the INVITE went, whatever the Contact says. */
  readonly pin?: boolean;
  readonly holdMs?: number;
  /** Who calls, who answers, and who is dialled, where that is not the usual one. */
  readonly caller?: string;
  readonly gateway?: string;
  readonly user?: string;
};

export async function load({ pin = false, ...how }: Load): Promise<Result> {
  const args = ['--import', 'tsx', path.join(here, 'load.ts')];
  for (const [name, value] of Object.entries(how)) args.push(`--${name}`, `${value}`);
  if (pin) args.push('--pin');
  const { stdout } = await promisify(execFile)('taskset', ['-c', '1', process.execPath, ...args]);
  return JSON.parse(stdout) as Result;
}

/** CPU time of a subject in milliseconds, user and system. */
export function cpuMs({ pids }: Subject): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SEC;
  }, 0);
}

export const median = (numbers: readonly number[]) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
