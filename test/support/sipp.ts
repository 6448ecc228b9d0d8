import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { type Child, type Resident, startChild } from './child.ts';
import { readSippMessages, readSippStatistics, type SippMessage } from './sipp-logs.ts';
import { untilTcpBound, untilUdpBound } from './udp-bound.ts';

const SCENARIOS = join(__dirname, '..', 'system', 'scenarios');
const SOCKETS_MAX = 1000;
let runs = 0;

export type SippOptions = {
  /** Absent: the network of the test itself. */
  readonly at?: Resident;
  /** A file of test/system/scenarios without its ending, or one of sipp's own: `sn:uac`. */
  readonly scenario: string;
  readonly folder: string;
  readonly local: Address;
  /** TCP: one connection for all calls, or one for each. Absent: UDP. */
  readonly tcp?: 'one' | 'each';
  /** Absent for a scenario that waits for requests. */
  readonly remote?: Address;
  /** The user part of the Request-URI. */
  readonly service?: string;
  /** Absent: 1 where there is a remote, else without end. */
  readonly calls?: number;
  readonly perSec?: number;
  readonly atOnceMax?: number;
  /** The length of pauses that have none of their own. */
  readonly pauseMs?: number;
  readonly keys?: Readonly<Record<string, string>>;
  readonly withinSec?: number;
  /** Writes down every message; for few calls only. */
  readonly keepMessages?: boolean;
  /** Unexpected messages are let go by instead of ending the call. */
  readonly deaf?: boolean;
};

export type SippEnd = {
  readonly exitCode: number;
  readonly succeeded: number;
  readonly failed: number;
  /** What sipp found unexpected. */
  readonly errors: string;
  readonly messages: readonly SippMessage[];
};

export type Sipp = {
  readonly child: Child;
  /** When all calls asked for are over. */
  readonly ended: Promise<SippEnd>;
  stop(): Promise<SippEnd>;
};

/** Starts sipp and waits until it listens. */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  runs += 1;
  const folder = join(options.folder, `sipp-${runs}`);
  mkdirSync(folder);
  const { withinSec = 30, local, at } = options;
  const child = startChild('sipp', argumentsOf(options, withinSec), {
    at,
    cwd: folder,
    env: { TERM: 'dumb' },
    lifeMs: (withinSec + 5) * 1000,
  });
  const ended = child.ended.then(({ code }) => endOf(folder, code, child.output()));
  if (options.tcp === undefined) await untilUdpBound(local, () => child.isOver(), at);
  else if (options.remote === undefined) await untilTcpBound(local, () => child.isOver());
  return {
    child,
    ended,
    async stop() {
      await child.stop();
      return ended;
    },
  };
}

/** Runs sipp until all its calls are over. */
export async function runSipp(options: SippOptions): Promise<SippEnd> {
  return (await startSipp(options)).ended;
}

/** Why a run was not all success, as one text for an assertion: empty when it was. */
export function complaintsOf({ exitCode, failed, errors }: SippEnd): string {
  return exitCode === 0 && failed === 0 ? '' : `exit ${exitCode}, ${failed} failed\n${errors}`;
}

function argumentsOf(options: SippOptions, withinSec: number): string[] {
  const { scenario, local, remote, calls = remote === undefined ? undefined : 1 } = options;
  const args = remote === undefined ? [] : [writeAddress(remote)];
  if (scenario.startsWith('sn:')) args.push('-sn', scenario.slice(3));
  else args.push('-sf', join(SCENARIOS, `${scenario}.xml`));
  if (options.tcp !== undefined) args.push('-t', options.tcp === 'one' ? 't1' : 'tn');
  if (options.tcp === 'each') args.push('-max_socket', String(SOCKETS_MAX));
  args.push('-i', local.address, '-p', String(local.port), '-bind_local');
  args.push('-ci', local.address, '-mi', local.address, '-nostdin');
  args.push('-timeout', `${withinSec}s`, '-timeout_error');
  args.push('-trace_err', '-error_file', 'errors.log');
  args.push('-trace_stat', '-stf', 'statistics.csv', '-fd', '1');
  if (options.service !== undefined) args.push('-s', options.service);
  if (calls !== undefined) args.push('-m', String(calls));
  if (options.perSec !== undefined) args.push('-r', String(options.perSec));
  if (options.atOnceMax !== undefined) args.push('-l', String(options.atOnceMax));
  if (options.pauseMs !== undefined) args.push('-d', String(options.pauseMs));
  if (options.deaf === true) args.push('-default_behaviors', 'none');
  if (options.keepMessages === true) args.push('-trace_msg', '-message_file', 'messages.log');
  for (const [name, value] of Object.entries(options.keys ?? {})) args.push('-key', name, value);
  return args;
}

function endOf(folder: string, exitCode: number, output: string): SippEnd {
  const read = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  };
  const errors = read('errors.log');
  return {
    exitCode,
    ...readSippStatistics(read('statistics.csv')),
    errors: exitCode > 1 ? `${errors}\n${output.slice(-2000)}` : errors,
    messages: readSippMessages(read('messages.log')),
  };
}
