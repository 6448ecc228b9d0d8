import * as fs from 'node:fs';

export type FoundFile = { readonly inode: string; readonly size: number };

/** What two openings of one file have in common, whatever it is called. */
export function inodeOf({ dev, ino }: fs.Stats): string {
  return `${dev}/${ino}`;
}

/** Undefined where nothing can be seen. */
export function statOf(path: string): Promise<FoundFile | undefined> {
  return new Promise((resolve) => {
    fs.stat(path, (error, stat) =>
      resolve(error === null ? { inode: inodeOf(stat), size: stat.size } : undefined),
    );
  });
}
