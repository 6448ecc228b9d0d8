import { readdirSync, readFileSync } from 'node:fs';
import type { Address } from '../../lib/sip/address.ts';
import { type Child, startChild } from './child.ts';
import { untilUdpBound } from './udp-bound.ts';
import { until } from './until.ts';

const LIFE_MS = 120_000;

export type RtpengineAt = {
  readonly ng: Address;
  /** Its addresses on the two networks. */
  readonly outside: string;
  readonly inside: string;
};

/** The names that its two networks go by. */
export const INTERFACES = { outside: 'pub', inside: 'priv' };

/** A real rtpengine, in user space; it keeps recordings where it is given a folder for them. */
export async function startRtpengine(
  { ng, outside, inside }: RtpengineAt,
  recordings?: string,
): Promise<Child> {
  const records = [`--recording-dir=${recordings}`, '--recording-method=pcap'];
  const child = startChild(
    'rtpengine',
    [
      '--config-file=none',
      '--foreground',
      '--log-stderr',
      '--log-level=5',
      '--table=-1',
      '--num-threads=2',
      `--interface=${INTERFACES.outside}/${outside}`,
      `--interface=${INTERFACES.inside}/${inside}`,
      `--listen-ng=${ng.address}:${ng.port}`,
      ...(recordings === undefined ? [] : records),
    ],
    { lifeMs: LIFE_MS },
  );
  await untilUdpBound(ng, () => {
    if (child.isOver()) throw new Error(`rtpengine ended at once:\n${child.output()}`);
    return false;
  });
  return child;
}

/** Stops it in the middle of whatever it does, every thread of it. */
export async function hang(daemon: Child): Promise<void> {
  daemon.signal('SIGSTOP');
  const tasks = `/proc/${daemon.pid}/task`;
  const isStopped = (task: string) => / T /.test(readFileSync(`${tasks}/${task}/stat`, 'latin1'));
  await until('every thread to stop', () => readdirSync(tasks).every(isStopped));
}
