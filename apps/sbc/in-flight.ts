import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { whyOf } from '../../lib/base/why-of.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { MESSAGE_BYTES_MAX } from '../../lib/sip/parse.ts';

/** A message that a process was working on when it ended. */
export type InFlight = { readonly bytes: Buffer; readonly source: string };

/** One message in a file of one length: a process may end at any moment, and the file tells. */
export type InFlightFile = {
  /** Until it was quiet for a moment after it, or another one comes. */
  note(bytes: Buffer, from: Address): void;
  close(): void;
};

export type OpenedInFlight = {
  /** What the process before was working on; absent: nothing. */
  readonly left: InFlight | undefined;
  /** Absent: it cannot be written. */
  readonly file: InFlightFile | undefined;
};

const NAME = 'in-flight';
const SOURCE_AT = 4;
const BYTES_AT = 64;
const NOTHING = Buffer.alloc(SOURCE_AT);
/** Under load one message covers the other, and only the last one is taken away. */
const QUIET_MS = 20;

/**
 * Opens the file in `stateDir`. What is written reaches the memory of the system at once, and stays
 * there when the process dies, however it does; only the power must not fail.
 */
export function openInFlight(stateDir: string, onUnkept: (why: string) => void): OpenedInFlight {
  const path = join(stateDir, NAME);
  const left = readLeft(path);
  let fd: number | undefined;
  const slot = Buffer.alloc(BYTES_AT + MESSAGE_BYTES_MAX);
  let alarm: NodeJS.Timeout | undefined;

  const tryTo = (write: (fd: number) => void) => {
    if (fd === undefined) return;
    try {
      write(fd);
    } catch (error) {
      fd = undefined;
      onUnkept(whyOf(error));
    }
  };
  const clear = () => {
    alarm = undefined;
    tryTo((open) => writeSync(open, NOTHING, 0, NOTHING.length, 0));
  };

  try {
    // What is there already has its room on the disk.
    fd = openSync(path, existsSync(path) ? 'r+' : 'wx', 0o600);
  } catch (error) {
    onUnkept(whyOf(error));
    return { left, file: undefined };
  }
  // The whole length at once, so that a disk that is full later does not matter.
  tryTo((open) => writeSync(open, slot, 0, slot.length, 0));
  return {
    left,
    file: {
      note(bytes, from) {
        if (bytes.length > MESSAGE_BYTES_MAX) return;
        slot.writeUInt32LE(bytes.length, 0);
        noteSource(slot, writeAddress(from));
        slot.set(bytes, BYTES_AT);
        tryTo((open) => writeSync(open, slot, 0, BYTES_AT + bytes.length, 0));
        alarm = alarm?.refresh() ?? setTimeout(clear, QUIET_MS);
      },
      close() {
        clearTimeout(alarm);
        clear();
        if (fd !== undefined) closeSync(fd);
        fd = undefined;
      },
    },
  };
}

/** Letter by letter, which costs less here than a call into the system's own code. */
function noteSource(slot: Buffer, source: string): void {
  for (let at = SOURCE_AT; at < BYTES_AT; at += 1) {
    const index = at - SOURCE_AT;
    slot[at] = index < source.length ? source.charCodeAt(index) : 0;
  }
}

function readLeft(path: string): InFlight | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    // It is the first start, or nothing can be known of the one before.
    return undefined;
  }
  if (file.length < BYTES_AT) return undefined;
  const length = file.readUInt32LE(0);
  if (length === 0 || length > file.length - BYTES_AT) return undefined;
  const source = file.toString('latin1', SOURCE_AT, BYTES_AT).replace(/\0.*$/s, '');
  return { bytes: file.subarray(BYTES_AT, BYTES_AT + length), source };
}
