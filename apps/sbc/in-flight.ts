import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Alarm, World } from '../../lib/base/time.ts';
import { whyOf } from '../../lib/base/why-of.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { MESSAGE_BYTES_MAX } from '../../lib/sip/parse.ts';
import { TIMER_B_MS } from '../../lib/sip/timer-values.ts';

/** A message that a process was working on when it ended. */
export type InFlight = {
  readonly bytes: Buffer;
  readonly source: string;
  /** How many processes it is taken to have ended. */
  readonly deaths: number;
};

/** How the process before ended: in order, of what nobody knows, or at work on a message. */
export type Ending = 'in-order' | 'unknown' | InFlight;

/** One message in a file of one length: a process may end at any moment, and the file tells. */
export type InFlightFile = {
  /** Until it was quiet for a moment after it, or another one comes. */
  note(bytes: Buffer, from: Address): void;
  /** The process ends in order. */
  close(): void;
};

export type OpenedInFlight = {
  readonly ending: Ending;
  /** Absent: it cannot be written. */
  readonly file: InFlightFile | undefined;
};

const NAME = 'in-flight';
const SOURCE_AT = 4;
const DEATHS_AT = 60;
const BYTES_AT = 64;
const IN_ORDER = Buffer.alloc(SOURCE_AT);
/** In place of a length: the process runs, and works on nothing that it has noted. */
const RUNNING = Buffer.alloc(SOURCE_AT, 0xff);
/** Under load one message covers the other, and only the last one is taken away. */
const QUIET_MS = 20;
/** How long a node that has died looks out for what it dies of. */
const WARY_MS = 3_600_000;
/** For so long a caller says a request again that nobody answered. */
const SAID_AGAIN_MS = TIMER_B_MS;

/**
 * Opens the file in `stateDir`, which tells how its last process ended. Only a process that comes
 * after one that died notes what it works on, and for an hour: a write before each message is a
 * twentieth of what a call costs. What is written reaches the memory of the system at once, and
 * stays there when the process dies, however it does; only the power must not fail.
 */
export function openInFlight(
  stateDir: string,
  { clock, timers }: Pick<World, 'clock' | 'timers'>,
  onUnkept: (why: string) => void,
): OpenedInFlight {
  const path = join(stateDir, NAME);
  const ending = readEnding(path);
  const slot = Buffer.alloc(BYTES_AT + MESSAGE_BYTES_MAX);
  let fd: number | undefined;
  const tryTo = (write: (fd: number) => void) => {
    if (fd === undefined) return;
    try {
      write(fd);
    } catch (error) {
      fd = undefined;
      onUnkept(whyOf(error));
    }
  };
  try {
    // What is there already has its room on the disk.
    fd = openSync(path, existsSync(path) ? 'r+' : 'wx', 0o600);
  } catch (error) {
    onUnkept(whyOf(error));
    return { ending, file: undefined };
  }
  // The whole length at once, so that a disk that is full later does not matter.
  slot.set(RUNNING);
  tryTo((open) => writeSync(open, slot, 0, slot.length, 0));

  const mark = (head: Buffer) => tryTo((open) => writeSync(open, head, 0, head.length, 0));
  const startedAt = clock.mono();
  let quiet: Alarm | undefined;
  return {
    ending,
    file: {
      note(bytes, from) {
        if (ending === 'in-order' || bytes.length > MESSAGE_BYTES_MAX) return;
        const ageMs = clock.mono() - startedAt;
        if (ageMs >= WARY_MS) return;
        // What the process before died of is said again, and is what this one dies of.
        const isForBoth = ending === 'unknown' && ageMs < SAID_AGAIN_MS;
        slot.writeUInt32LE(bytes.length, 0);
        slot.fill(0, SOURCE_AT, DEATHS_AT);
        slot.write(writeAddress(from), SOURCE_AT, DEATHS_AT - SOURCE_AT, 'latin1');
        slot.writeUInt32LE(isForBoth ? 2 : 1, DEATHS_AT);
        slot.set(bytes, BYTES_AT);
        tryTo((open) => writeSync(open, slot, 0, BYTES_AT + bytes.length, 0));
        if (quiet !== undefined) timers.clear(quiet);
        quiet = timers.set(QUIET_MS, () => mark(RUNNING));
      },
      close() {
        if (quiet !== undefined) timers.clear(quiet);
        mark(IN_ORDER);
        if (fd !== undefined) closeSync(fd);
        fd = undefined;
      },
    },
  };
}

function readEnding(path: string): Ending {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    // It is the first start, or nothing can be known of the one before.
    return 'in-order';
  }
  if (file.length < BYTES_AT) return 'in-order';
  if (RUNNING.equals(file.subarray(0, SOURCE_AT))) return 'unknown';
  const length = file.readUInt32LE(0);
  if (length === 0 || length > file.length - BYTES_AT) return 'in-order';
  const source = file.toString('latin1', SOURCE_AT, DEATHS_AT).replace(/\0.*$/s, '');
  const deaths = file.readUInt32LE(DEATHS_AT) === 2 ? 2 : 1;
  return { bytes: file.subarray(BYTES_AT, BYTES_AT + length), source, deaths };
}
