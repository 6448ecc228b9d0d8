import { rename, rm } from 'node:fs/promises';
import { whyOf } from '../base/why-of.ts';
import { codeOf } from './system-fault.ts';

/** When a log file gives way to a new one, and how many old ones stay. */
export type Rotation = {
  /** 0: never because of its size. */
  readonly rotateBytes: number;
  /** 0: never because of its age; 24: at midnight UTC. */
  readonly rotateHours: number;
  readonly keepFiles: number;
};

/** What is known of a file that is being written. */
export type Filled = { readonly bytes: number; readonly writtenAt: number };

const HOUR_MS = 3_600_000;

/** Whether `moreBytes` belong into a new file. An empty one is never turned. */
export function isDue(
  { rotateBytes, rotateHours }: Rotation,
  { bytes, writtenAt }: Filled,
  moreBytes: number,
  now: number,
): boolean {
  if (bytes === 0) return false;
  if (rotateBytes > 0 && bytes + moreBytes > rotateBytes) return true;
  const spanMs = rotateHours * HOUR_MS;
  return spanMs > 0 && Math.floor(writtenAt / spanMs) < Math.floor(now / spanMs);
}

/**
 * Renames `calls.ndjson` to `calls.ndjson.1`, that one to `.2`, and so on; the one beyond
 * `keepFiles` goes. Answers what went wrong; then the file is where it was.
 */
export async function turnFiles(path: string, keepFiles: number): Promise<string | undefined> {
  try {
    await rm(`${path}.${keepFiles}`, { force: true });
    for (let number = keepFiles - 1; number >= 1; number -= 1) {
      await renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
    }
    await rename(path, `${path}.1`);
    return undefined;
  } catch (error) {
    return whyOf(error);
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
