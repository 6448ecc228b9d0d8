import { type MonoMs, monoMs } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Alarm, World } from '../../base/time.ts';
import type {
  NameAnswer,
  NameFailure,
  NameQuestion,
  NameRecord,
  NameService,
} from '../../ports/name-service.ts';
import type { QuestionState } from './directory.ts';
import { lifeMs, refreshDelayMs, retryDelayMs, STALE_MS_MAX } from './name-times.ts';
import type { Finding } from './resolve.ts';

/** What DNS has said, kept fresh for as long as somebody wants it. It is read without waiting. */
export type NameBook = {
  readonly look: (question: NameQuestion) => Finding;
  /** These, and no others, are what that asker wants from now on. */
  readonly want: (asker: string, questions: readonly NameQuestion[]) => void;
  readonly stateOf: (question: NameQuestion) => QuestionState;
  readonly close: () => void;
};

export type NameBookParts = {
  readonly world: World;
  readonly names: NameService;
  /** A question has been answered, or nobody could; for whoever wants it. */
  readonly onSettled: (asker: string) => void;
  readonly count: (outcome: string) => void;
};

export const NAMES_MAX = 10_000;
/** Questions that are out at one time; the others wait for their turn. */
export const ASKING_MAX = 32;

type Told = Exclude<NameAnswer, { kind: 'failed' }>;

type Entry = {
  readonly question: NameQuestion;
  readonly askers: Set<string>;
  /** Absent: it has never been answered. */
  known: { readonly answer: Told; readonly freshUntil: MonoMs } | undefined;
  /** In a row, the last of them `lastError`. */
  failures: number;
  lastError: NameFailure | undefined;
  /** When it is asked next; absent while it waits or is out. */
  alarm: Alarm | undefined;
};

export function openNameBook(parts: NameBookParts): NameBook {
  const { world, onSettled } = parts;
  const entries = new Map<string, Entry>();
  const wanted = new Map<string, readonly string[]>();
  const due = new Set<Entry>();
  let asking = 0;

  const askDue = () => {
    for (const entry of due) {
      if (asking >= ASKING_MAX) return;
      due.delete(entry);
      asking += 1;
      void parts.names.ask(entry.question).then((answer) => {
        asking -= 1;
        parts.count(outcomeOf(answer));
        if (isWanted(entry)) settle(entry, answer);
        askDue();
      });
    }
  };
  const isWanted = (entry: Entry) => entries.get(keyOf(entry.question)) === entry;
  const settle = (entry: Entry, answer: NameAnswer) => {
    const delayMs = take(entry, answer, world);
    entry.alarm = world.timers.set(delayMs, () => {
      entry.alarm = undefined;
      due.add(entry);
      askDue();
    });
    for (const asker of entry.askers) onSettled(asker);
  };
  const begin = (question: NameQuestion): Entry | undefined => {
    if (entries.size >= NAMES_MAX) return undefined;
    const entry = newEntry(question);
    entries.set(keyOf(question), entry);
    due.add(entry);
    return entry;
  };
  const letGo = (asker: string, key: string) => {
    const entry = entries.get(key);
    entry?.askers.delete(asker);
    if (entry === undefined || entry.askers.size > 0) return;
    entries.delete(key);
    due.delete(entry);
    if (entry.alarm !== undefined) world.timers.clear(entry.alarm);
  };
  return {
    look: (question) => findingOf(entries.get(keyOf(question)), world.clock.mono(), entries.size),
    want(asker, questions) {
      const keys = questions.map(keyOf);
      for (const question of questions) {
        const entry = entries.get(keyOf(question)) ?? begin(question);
        entry?.askers.add(asker);
      }
      for (const key of wanted.get(asker) ?? []) if (!keys.includes(key)) letGo(asker, key);
      if (keys.length === 0) wanted.delete(asker);
      else wanted.set(asker, keys);
      askDue();
    },
    stateOf: (question) => stateOf(question, entries.get(keyOf(question)), world.clock.mono()),
    close() {
      for (const { alarm } of entries.values()) if (alarm !== undefined) world.timers.clear(alarm);
      entries.clear();
      due.clear();
      parts.names.close();
    },
  };
}

function keyOf({ type, name }: NameQuestion): string {
  return `${type} ${name}`;
}

function newEntry(question: NameQuestion): Entry {
  const askers = new Set<string>();
  return {
    question,
    askers,
    known: undefined,
    failures: 0,
    lastError: undefined,
    alarm: undefined,
  };
}

/** Takes an answer in and says in how many ms to ask again. A failure forgets nothing. */
function take(entry: Entry, answer: NameAnswer, { clock, rng }: World): number {
  if (answer.kind === 'failed') {
    entry.failures += 1;
    entry.lastError = answer.why;
    return retryDelayMs(entry.failures, rng);
  }
  const life = lifeMs(answer);
  entry.known = { answer, freshUntil: monoMs(clock.mono() + life) };
  entry.failures = 0;
  entry.lastError = undefined;
  return refreshDelayMs(life, rng);
}

function findingOf(entry: Entry | undefined, now: MonoMs, size: number): Finding {
  if (entry === undefined) return { kind: size >= NAMES_MAX ? 'silent' : 'pending' };
  const { known, failures } = entry;
  if (known === undefined) return { kind: failures === 0 ? 'pending' : 'silent' };
  const { answer, freshUntil } = known;
  if (now >= freshUntil + STALE_MS_MAX) return { kind: 'silent' };
  switch (answer.kind) {
    case 'records':
      return { kind: 'records', records: answer.records, beside: answer.beside, freshUntil };
    case 'alias':
      return { kind: 'alias', to: answer.to, freshUntil };
    case 'nothing':
      return { kind: 'nothing', freshUntil };
    default:
      return never(answer);
  }
}

function outcomeOf(answer: NameAnswer): string {
  switch (answer.kind) {
    case 'records':
    case 'alias':
      return 'answered';
    case 'nothing':
      return answer.why;
    case 'failed':
      return answer.why;
    default:
      return never(answer);
  }
}

function stateOf({ name, type }: NameQuestion, entry: Entry | undefined, now: MonoMs) {
  const known = entry?.known;
  return {
    name,
    type,
    answers: known === undefined ? [] : answersOf(known.answer),
    ttlSecLeft: known === undefined ? undefined : Math.round((known.freshUntil - now) / 1000),
    lastError: entry?.lastError,
  };
}

function answersOf(answer: Told): readonly string[] {
  switch (answer.kind) {
    case 'records':
      return answer.records.map(zoneWords);
    case 'alias':
      return [`CNAME ${answer.to}`];
    case 'nothing':
      return [answer.why];
    default:
      return never(answer);
  }
}

/** A record as a zone file has it. */
function zoneWords(record: NameRecord): string {
  switch (record.type) {
    case 'A':
      return record.address;
    case 'AAAA':
      return record.address;
    case 'SRV': {
      const { priority, weight, port, target } = record;
      return `${priority} ${weight} ${port} ${target}`;
    }
    case 'NAPTR': {
      const { order, preference, flags, service, regexp, replacement } = record;
      return `${order} ${preference} "${flags}" "${service}" "${regexp}" ${replacement}`;
    }
    default:
      return never(record);
  }
}
