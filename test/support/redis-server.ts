import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Child, startChild } from './child.ts';
import { until } from './until.ts';

export type RedisServer = {
  readonly url: string;
  readonly child: Child;
  close(): Promise<void>;
};

/** A redis-server of the system that keeps nothing on disk. */
export async function startRedis(address: string, port = 6379): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'landfall-redis-'));
  const options = { bind: address, port: `${port}`, dir: folder, save: '', appendonly: 'no' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = startChild('redis-server', args, { lifeMs: 60_000 });
  await until('redis-server', () => child.output().includes('Ready to accept connections'));
  return {
    url: `redis://${address}:${port}`,
    child,
    async close() {
      child.signal('SIGCONT');
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
