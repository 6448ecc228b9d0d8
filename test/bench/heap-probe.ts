import { writeFileSync } from 'node:fs';

/** Loaded beside a node: at SIGUSR2 it collects garbage and writes down what is left. */
process.on('SIGUSR2', () => {
  const file = process.env['HEAP_PROBE_FILE'];
  if (globalThis.gc === undefined || file === undefined) throw new Error('nothing to probe with');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout').length;
  writeFileSync(file, JSON.stringify({ heap: heapUsed + external, rss, handles }));
});
