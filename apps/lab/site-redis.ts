import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { LabFault } from './lab-fault.ts';
import { distFile } from './lab-files.ts';
import type { RunningLab } from './running-lab.ts';
import { REDIS_PORT, REDIS_SITE, siteName } from './topology.ts';
import type { TransitLink } from './transit-link.ts';
import { within } from './within.ts';

const REDIS = `${siteName(REDIS_SITE)}-redis`;
const GARBAGE = `${siteName(REDIS_SITE)}-garbage`;
const HOST = '127.0.0.1';
const GONE_MS_MAX = 5000;

/** It is killed; it is stopped with its connections open; something else answers at its port. */
export const REDIS_FAULTS = ['stop', 'hang', 'garbage'] as const;
export type RedisFault = (typeof REDIS_FAULTS)[number];

export async function breakRedis(
  { transit, options }: RunningLab,
  fault: RedisFault,
): Promise<void> {
  switch (fault) {
    case 'hang':
      await transit.signal(REDIS, 'SIGSTOP');
      return;
    case 'stop':
      await end(transit, REDIS);
      return;
    case 'garbage':
      await end(transit, REDIS);
      await start(transit, GARBAGE, options.folder, [
        process.execPath,
        distFile('lab/garbage-redis.js'),
        HOST,
        `${REDIS_PORT}`,
      ]);
  }
}

/** It runs and answers, whatever was done to it; the first time it is started. */
export async function mendRedis(transit: TransitLink, folder: string): Promise<void> {
  const isGarbage = await transit.isRunning(GARBAGE);
  if (isGarbage) await end(transit, GARBAGE);
  if (await transit.isRunning(REDIS)) await transit.signal(REDIS, 'SIGCONT');
  else await start(transit, REDIS, folder, redisArgv());
}

/** Nothing of it is kept on disk. */
function redisArgv(): readonly string[] {
  const options = { bind: HOST, port: `${REDIS_PORT}`, save: '', appendonly: 'no' };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return ['redis-server', ...words];
}

async function start(
  transit: TransitLink,
  name: string,
  folder: string,
  argv: readonly string[],
): Promise<void> {
  const cwd = path.join(folder, siteName(REDIS_SITE));
  mkdirSync(cwd, { recursive: true });
  const log = path.join(cwd, `${name}.log`);
  await transit.start({ name, place: siteName(REDIS_SITE), argv, cwd, log, env: {} });
}

async function end(transit: TransitLink, name: string): Promise<void> {
  await transit.signal(name, 'SIGKILL');
  const isGone = await within(GONE_MS_MAX, async () => !(await transit.isRunning(name)));
  if (!isGone) throw new LabFault(`${name} does not end`);
}
