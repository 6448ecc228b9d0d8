import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN } from './places.ts';

const READY_MS_MAX = 15_000;
const ASK_EVERY_MS = 100;

type Page = { readonly status: number; readonly text: string };

/** Status 0 where nobody listens. A connection that is kept would be a handle of the node. */
function readPage(path: string): Promise<Page> {
  return new Promise((resolve) => {
    get(`http://${ADMIN}${path}`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    }).on('error', () => resolve({ status: 0, text: '' }));
  });
}

export async function untilReady(): Promise<void> {
  const untilMs = performance.now() + READY_MS_MAX;
  while ((await readPage('/readyz')).status !== 200) {
    if (performance.now() > untilMs) throw new Error('the node does not become ready');
    await pause(ASK_EVERY_MS);
  }
}

/** The sum of a metric over what has the label. */
export async function readMetric(name: string, label = ''): Promise<number> {
  const { text } = await readPage('/metrics');
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
