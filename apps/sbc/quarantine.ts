import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fewAMinute } from '../../lib/base/few-a-minute.ts';
import type { World } from '../../lib/base/time.ts';
import { whyOf } from '../../lib/base/why-of.ts';
import type { Quarantine } from '../../lib/engine/builtin/quarantine.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import { type InFlight, openInFlight } from './in-flight.ts';

export type OpenQuarantine = Quarantine & {
  /** Looks at the folder again: what was taken out of it is let through. */
  lookAgain(): void;
  close(): void;
};

/** A message that a process of this site has died of, as it lies in the folder. */
type Killer = {
  readonly file: string;
  readonly digest: string;
  readonly deaths: number;
  readonly bytes: number;
  readonly at: number;
};

const FOLDER = 'quarantine';
const DIGEST_CHARS = 32;
const LETTERS = 'abcdefghijklmnop';
const FILE = /^([a-p]{32})\.([1-9][0-9]{0,3})\.sip$/;
/** Any message may be there by chance when something else ends a process; hardly the same twice. */
const DEATHS_MIN = 2;
const FILES_MAX = 64;
const TOLD_PER_MINUTE_MAX = 10;
const NOTHING_NOTED = 'the process before this one did not end in order, and noted nothing';

/**
 * Keeps in `stateDir` what was worked on when this node died, and keeps from it what was there
 * twice. Tells of a death at once.
 */
export function openQuarantine(
  stateDir: string,
  { world, sink }: { readonly world: World; readonly sink: EventSink },
): OpenQuarantine {
  const folder = join(stateDir, FOLDER);
  const unkept = (why: string) => sink.note({ event: 'in-flight-unkept', level: 'warn', why });
  const { ending, file } = openInFlight(stateDir, world, unkept);
  if (ending === 'unknown') sink.note({ event: 'died', level: 'warn', why: NOTHING_NOTED });
  else if (ending !== 'in-order') keep(ending, folder, sink);

  const mayTell = fewAMinute(TOLD_PER_MINUTE_MAX, world);
  /** By digest. Few messages are as long as one of them, so few have to be hashed. */
  let apart = new Map<string, Killer>();
  let lengths = new Set<number>();
  const lookAgain = () => {
    const some = killersIn(folder).filter(({ deaths }) => deaths >= DEATHS_MIN);
    apart = new Map(some.map((killer) => [killer.digest, killer]));
    lengths = new Set(some.map(({ bytes }) => bytes));
    const files = some.map(({ file: name }) => join(folder, name));
    if (files.length > 0) sink.note({ event: 'quarantine', level: 'warn', files });
  };
  lookAgain();

  return {
    admits(bytes, from) {
      const killer = lengths.has(bytes.length) ? apart.get(digestOf(bytes)) : undefined;
      if (killer === undefined) {
        file?.note(bytes, from);
        return true;
      }
      const isInvite = bytes.toString('latin1', 0, 7) === 'INVITE ';
      sink.count('quarantine', isInvite ? 'refused' : 'dropped');
      const { address: source } = from;
      const level = isInvite ? 'error' : 'warn';
      const at = { source, file: join(folder, killer.file) };
      if (mayTell()) sink.note({ event: 'quarantined', level, ...at });
      return false;
    },
    lookAgain,
    close: () => file?.close(),
  };
}

/** In letters alone: digits in a row are masked in the log as if they were numbers of people. */
function digestOf(bytes: Buffer): string {
  const hex = createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_CHARS);
  return hex.replace(/./g, (digit) => LETTERS.charAt(Number.parseInt(digit, 16)));
}

/** Writes down what a process has died of, or that it has done so once more. */
function keep({ bytes, source, deaths: now }: InFlight, folder: string, sink: EventSink): void {
  const digest = digestOf(bytes);
  const known = killersIn(folder);
  const before = known.find((killer) => killer.digest === digest);
  const deaths = (before?.deaths ?? 0) + now;
  const file = join(folder, `${digest}.${deaths}.sip`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (before === undefined) writeFileSync(file, bytes, { mode: 0o600 });
    else renameSync(join(folder, before.file), file);
    if (before === undefined) makeRoom(known, folder);
    sink.note({ event: 'died-of', level: 'error', deaths, source, file });
  } catch (error) {
    const why = whyOf(error);
    sink.note({ event: 'died-of', level: 'error', deaths, source, why });
  }
}

/** Who has killed most seldom, and longest ago, goes first. */
function makeRoom(known: readonly Killer[], folder: string): void {
  const worst = [...known].sort((a, b) => b.deaths - a.deaths || b.at - a.at);
  for (const { file } of worst.slice(FILES_MAX - 1)) rmSync(join(folder, file), { force: true });
}

function killersIn(folder: string): readonly Killer[] {
  try {
    return readdirSync(folder).flatMap((file) => {
      const [, digest, deaths] = FILE.exec(file) ?? [];
      const stat = statSync(join(folder, file), { throwIfNoEntry: false });
      if (digest === undefined || stat === undefined) return [];
      return [{ file, digest, deaths: Number(deaths), bytes: stat.size, at: stat.mtimeMs }];
    });
  } catch {
    // There is no such folder before the first death.
    return [];
  }
}
