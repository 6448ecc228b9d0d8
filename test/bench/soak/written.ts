import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { logIn, recordsIn } from './site.ts';

/** What the node has written down of its calls, by the scenarios that their Call-IDs name. */
export type Written = {
  readonly records: number;
  /** Of MESSAGEs outside of calls. */
  readonly messages: number;
  readonly byScenario: ReadonlyMap<string, ScenarioRecords>;
  /** Notices of its log by their names. */
  readonly notices: ReadonlyMap<string, number>;
  /** Those that tell of a bug, the first ones. */
  readonly bugs: readonly string[];
};

export type ScenarioRecords = { count: number; readonly reasons: Map<string, number> };

const BUGS_MAX = 5;

type Line = {
  readonly method?: string;
  readonly sipCallIdA?: string;
  readonly reason?: string;
  readonly leg?: string;
  readonly event?: string;
};

export async function readWritten(folder: string): Promise<Written> {
  const byScenario = new Map<string, ScenarioRecords>();
  let records = 0;
  let messages = 0;
  await eachLine(recordsIn(folder), (text) => {
    const { method, sipCallIdA = '', reason = '' } = JSON.parse(text) as Line;
    if (method === undefined) records += 1;
    else messages += 1;
    const name = sipCallIdA.split('.')[0] ?? '';
    const known = byScenario.get(name) ?? { count: 0, reasons: new Map<string, number>() };
    byScenario.set(name, known);
    known.count += 1;
    raise(known.reasons, reason);
  });
  return { records, messages, byScenario, ...(await readNotices(folder)) };
}

async function readNotices(folder: string): Promise<Pick<Written, 'notices' | 'bugs'>> {
  const notices = new Map<string, number>();
  const bugs: string[] = [];
  await eachLine(logIn(folder), (text) => {
    // Steps are a hundred times as many.
    if (text.includes('"leg":')) return;
    const event = text.startsWith('{') ? (JSON.parse(text) as Line).event : 'no JSON';
    raise(notices, event ?? '');
    if (event === 'bug' || event === 'no JSON') bugs.push(text);
    bugs.length = Math.min(bugs.length, BUGS_MAX);
  });
  return { notices, bugs };
}

function raise(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

async function eachLine(file: string, take: (text: string) => void): Promise<void> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) if (line !== '') take(line);
}
