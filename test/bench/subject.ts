import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
export const ROOT = path.resolve(here, '../..');
const NS_PER_MS = 1e6;
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

/** Several subjects stand beside each other, each in a network of its own: 127.9.NET.0/24. */
export const endsOf = (net: number) => ({
  outside: `127.9.${net}.112:5060`,
  caller: `127.9.${net}.7:5060`,
  gatewaySide: `127.9.${net}.21:5060`,
  gateway: `127.9.${net}.31:5080`,
});

const CONFIG = `
site: bench
siteNumber: 1
stateDir: DIR/state
listen:
  anycast: [{ transport: udp, address: 127.9.NET.112, port: 5060 }]
  unicast: [{ transport: udp, address: 127.9.NET.11, port: 5060 }]
  gateway: [{ transport: udp, address: 127.9.NET.21, port: 5060 }]
gateways:
  - { name: load, uri: "sip:127.9.NET.31:5080" }
  - { name: psap, uri: "sip:127.9.NET.32:5080" }
groups:
  - { name: load, gateways: [load] }
  - { name: psap, gateways: [psap], emergency: true }
routes:
  - { match: { user: "113" }, group: psap }
  - { match: { user: "*" }, group: load }
trunks: [{ name: load, source: ["127.9.NET.0/24"] }]
log: { steps: stdout, records: DIR/calls.ndjson }
admin: { listen: "127.9.NET.1:8112" }
`;

export function forwarder(folder: string, net = 0): Subject {
  const { outside, gatewaySide, gateway } = endsOf(net);
  const program = path.join(here, 'forwarder.ts');
  return start(folder, [nodeWith('--import', 'tsx', program, outside, gatewaySide, gateway)]);
}

export type NodeChoice = {
  /** Where it was built; absent: here. */
  readonly root?: string;
  readonly nodeOptions?: readonly string[];
  /** Further lines of the site file. */
  readonly keys?: string;
  readonly net?: number;
};

export function landfall(
  folder: string,
  { root, nodeOptions = [], keys = '', net = 0 }: NodeChoice = {},
): Subject {
  const config = path.join(folder, 'site.yaml');
  const text = `${CONFIG}${keys}`.replaceAll('DIR', folder).replaceAll('NET', `${net}`);
  writeFileSync(config, text);
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
export function withSubject<T>(
  startIt: (folder: string) => Subject,
  use: (subject: Subject) => Promise<T>,
): Promise<T> {
  return withSubjects([startIt], ([subject]) => {
    if (subject === undefined) throw new Error('no subject');
    return use(subject);
  });
}

/** Starts several, each with a folder of its own, in the order given. */
export async function withSubjects<T>(
  starts: readonly ((folder: string) => Subject)[],
  use: (subjects: readonly Subject[]) => Promise<T>,
): Promise<T> {
  const folders = starts.map(() => mkdtempSync(path.join(tmpdir(), 'landfall-bench-')));
  const subjects = starts.map((startIt, at) => startIt(folders[at] ?? ''));
  try {
    await new Promise((resolve) => setTimeout(resolve, START_MS * starts.length));
    for (const subject of subjects) subject.mustRun();
    const outcome = await use(subjects);
    for (const subject of subjects) subject.mustRun();
    return outcome;
  } finally {
    for (const subject of subjects) await subject.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

export type Load = {
  readonly rate: number;
  readonly calls: number;
  readonly net?: number;
  /** ACK and BYE go where the INVITE went, whatever the Contact says. */
  readonly pin?: boolean;
  readonly holdMs?: number;
  /** Who calls, who answers, and who is dialled, where that is not the usual one. */
  readonly caller?: string;
  readonly gateway?: string;
  readonly user?: string;
};

export async function load({ pin = false, net = 0, ...how }: Load): Promise<Result> {
  const args = ['--import', 'tsx', path.join(here, 'load.ts')];
  const { outside: target, caller, gateway } = endsOf(net);
  for (const [name, value] of Object.entries({ target, caller, gateway, ...how }))
    args.push(`--${name}`, `${value}`);
  if (pin) args.push('--pin');
  const { stdout } = await promisify(execFile)('taskset', ['-c', '1', process.execPath, ...args]);
  return JSON.parse(stdout) as Result;
}

/** CPU time of a subject in milliseconds: what all its threads have run. */
export function cpuMs({ pids }: Subject): number {
  const ns = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [ran] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      return Number(ran);
    }),
  );
  return ns.reduce((sum, one) => sum + one, 0) / NS_PER_MS;
}

export const median = (numbers: readonly number[]) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
