import { readlinkSync } from 'node:fs';
import { type Resident, runChild, startChild } from './child.ts';
import { until } from './until.ts';

const LIFE_MS = 170_000;
const RUN_MS = 5000;

/**
 * A network of its own: programs in it see what is plugged into it and nothing else. It belongs to
 * a process that only waits, and goes with it, so nothing is left behind by a test that dies.
 */
export type Namespace = Resident & {
  /** Runs a program in it to its end and answers what it said. */
  run(command: string, ...args: string[]): Promise<string>;
  close(): Promise<void>;
};

export async function openNamespace(lifeMs = LIFE_MS): Promise<Namespace> {
  const holder = startChild('unshare', ['--net', 'sleep', 'infinity'], { lifeMs });
  const { pid } = holder;
  await until('a network of its own', () => {
    if (holder.isOver()) throw new Error(`unshare --net: ${holder.output()}`);
    return networkOf(`${pid}`) !== networkOf('self');
  });
  const run = (command: string, ...args: string[]) => runChild(command, args, RUN_MS, { pid });
  await run('ip', 'link', 'set', 'lo', 'up');
  return {
    pid,
    run,
    async close() {
      await holder.stop();
    },
  };
}

function networkOf(pid: string): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}
