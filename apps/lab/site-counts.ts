import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunningLab } from './running-lab.ts';
import { siteName } from './topology.ts';

const BYTES_MAX = 1 << 24;
const READ = `
  const answer = await fetch('http://127.0.0.1:8112/metrics');
  process.stdout.write(await answer.text());
`;

/** A counter of a node by its label; only the namespace of the site has a way to its admin port. */
export async function countsOf(
  lab: RunningLab,
  site: number,
  counter: string,
): Promise<Readonly<Record<string, number>>> {
  const enter = await lab.enter(siteName(site));
  const [program = '', ...args] = enter;
  const words = [...args, process.execPath, '--input-type=module', '-e', READ];
  const { stdout } = await promisify(execFile)(program, words, { maxBuffer: BYTES_MAX });
  const line = new RegExp(`^landfall_${counter}_total\\{\\w+="([^"]+)"\\} (\\d+)$`, 'gm');
  return Object.fromEntries([...stdout.matchAll(line)].map(([, label, n]) => [label, Number(n)]));
}
