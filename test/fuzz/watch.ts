import { Worker } from 'node:worker_threads';

const HANGS_MS = 60_000;

export type Watch = {
  began(target: number, seed: number): void;
  stop(): void;
};

/**
 * Ends the program when one case goes on for a minute, and says which: nothing on the thread that
 * hangs could. This is no measure of speed.
 */
export function startWatch(): Watch {
  const now = new Uint32Array(new SharedArrayBuffer(12));
  const worker = new Worker(WATCHER, { eval: true, workerData: { now, hangsMs: HANGS_MS } });
  worker.unref();
  return {
    began(target, seed) {
      now[0] = (now[0] ?? 0) + 1;
      now[1] = target;
      now[2] = seed;
    },
    stop: () => void worker.terminate(),
  };
}

const WATCHER = `
const { workerData: { now, hangsMs } } = require('node:worker_threads');
let seen = -1;
setInterval(() => {
  if (now[0] === seen) {
    require('node:fs').writeSync(2, 'target number ' + now[1] + ' hangs with the seed ' + now[2] + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
  seen = now[0];
}, hangsMs);
`;
