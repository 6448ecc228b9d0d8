import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../lib/observe/system-fault.ts';
import { tempFolder } from './temp-folder.ts';

/** A file system of its own that can be filled to the last byte. */
export type SmallDisk = {
  readonly path: string;
  /** Takes all the space that is left. */
  fill(): void;
  free(): void;
  /** Unmounts it; also when what is on it is still open. */
  remove(): void;
};

const CHUNK_BYTES = [65_536, 4096, 1];

export function mountSmallDisk(name: string, sizeMb: number): SmallDisk {
  const folder = tempFolder(name);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=700`, 'tmpfs', folder.path]);
  const ballast = join(folder.path, 'ballast');
  let isMounted = true;
  const unmount = () => {
    if (isMounted) execFileSync('umount', ['--lazy', folder.path]);
    isMounted = false;
  };
  process.once('exit', unmount);
  return {
    path: folder.path,
    fill() {
      const fd = openSync(ballast, 'a');
      for (const bytes of CHUNK_BYTES) writeUntilFull(fd, Buffer.alloc(bytes));
      closeSync(fd);
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      process.off('exit', unmount);
      unmount();
      folder.remove();
    },
  };
}

function writeUntilFull(fd: number, chunk: Buffer): void {
  try {
    for (;;) writeSync(fd, chunk);
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC') throw error;
  }
}
