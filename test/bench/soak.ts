import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { type HeapReading, readHeap } from './heap-reading.ts';
import { readMetric, untilReady } from './soak/admin-page.ts';
import { soakSite } from './soak/site.ts';
import type { DriverReport } from './soak/tally.ts';
import { conditionsOf, megabytes, type Soaked, tableOf } from './soak/verdict.ts';
import { readWritten } from './soak/written.ts';
import { type Subject, withSubject } from './subject.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    /** One scenario alone, to look for what it leaves behind. */
    only: { type: 'string', default: '' },
  },
});
const MINUTES = Number(values.minutes);
const MINUTE_MS = 60_000;
/** So many that what is called often is compiled by then: compiled code is heap, too. */
const WARM_UP = { seconds: 200, rate: 50 };
/** A BYE that nobody answers is asked for 36 s, and what has ended lingers for 32 s. */
const QUIET_MS = 80_000;
/** Read so long before a minute is over: the last one while the load still goes on. */
const EARLY_MS = 4000;

type Load = { readonly seconds: number; readonly rate: number; readonly seed: number };

async function drive({ folder }: Subject, load: Load): Promise<DriverReport> {
  const { only } = values;
  const program = path.join(import.meta.dirname, 'soak/driver.ts');
  const choices = { folder, ...load, ...(only === '' ? {} : { only }) };
  const words = Object.entries(choices).map(([name, value]) => `--${name}=${value}`);
  const args = ['-c', '1', process.execPath, '--import', 'tsx', program, ...words];
  const { stdout } = await promisify(execFile)('taskset', args);
  return JSON.parse(stdout) as DriverReport;
}

/** Every kind of call, on real sockets, for minutes: nothing may grow, be lost or go wrong. */
async function soak(subject: Subject): Promise<Soaked> {
  const seed = Number(values.seed);
  await untilReady();
  const warmUp = await drive(subject, { ...WARM_UP, seed: 2 * seed });
  await pause(QUIET_MS);
  const before = await readHeap(subject);
  say('before', before);
  const load = drive(subject, {
    seconds: MINUTES * 60,
    rate: Number(values.rate),
    seed: 2 * seed + 1,
  });
  const minutes: HeapReading[] = [];
  const beganAt = performance.now();
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    const dueMs = beganAt + minute * MINUTE_MS - EARLY_MS - performance.now();
    await Promise.race([pause(dueMs), load.then(() => undefined)]);
    subject.mustRun();
    const reading = await readHeap(subject);
    say(`minute ${minute}`, reading);
    minutes.push(reading);
  }
  const report = await load;
  await pause(QUIET_MS);
  const after = await readHeap(subject);
  say('after', after);
  const left = await readMetric('landfall_calls_active');
  const joined = await readMetric('landfall_merged_total', 'outcome="joined"');
  const written = await readWritten(subject.folder);
  return { drained: [before, after], minutes, reports: [warmUp, report], written, joined, left };
}

function say(when: string, { heap, rss, handles }: HeapReading): void {
  console.log(
    `${when}: heap ${megabytes(heap)} MB, resident ${megabytes(rss)} MB, ${handles} handles`,
  );
}

async function main(): Promise<void> {
  const { minutes, rate, seed } = values;
  console.log(`seed ${seed}: ${rate} scenarios a second for ${minutes} minutes`);
  const soaked = await withSubject(soakSite, soak);
  console.log(tableOf(soaked).join('\n'));
  const notices = [...soaked.written.notices].map(([name, count]) => `${name} ${count}`);
  console.log(`notices: ${notices.join(', ')}`);
  for (const fault of soaked.reports.flatMap(({ faults }) => faults)) console.log(fault);
  for (const bug of soaked.written.bugs) console.log(bug);
  const conditions = conditionsOf(soaked);
  for (const { holds, says } of conditions) console.log(`${holds ? 'pass' : 'FAIL'}  ${says}`);
  process.exitCode = conditions.every(({ holds }) => holds) ? 0 : 1;
}

await main();
