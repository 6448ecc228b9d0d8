import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Subject } from './subject.ts';

/** Of a node, after a forced collection. */
export type HeapReading = {
  readonly heap: number;
  readonly rss: number;
  readonly handles: number;
};

/** What a node is started with, so that it can be read. */
export const READABLE = [
  '--expose-gc',
  '--import',
  'tsx',
  '--import',
  `${import.meta.dirname}/heap-probe.ts`,
];

const WRITTEN_MS = 2000;

export async function readHeap({ pids, folder }: Subject): Promise<HeapReading> {
  const file = path.join(folder, 'heap.json');
  rmSync(file, { force: true });
  for (const pid of pids) process.kill(pid, 'SIGUSR2');
  await new Promise((resolve) => setTimeout(resolve, WRITTEN_MS));
  return JSON.parse(readFileSync(file, 'utf8')) as HeapReading;
}
