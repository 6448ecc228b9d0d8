import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one test file; `LANDFALL_KEEP=1` leaves it there to be looked at. */
export type TempFolder = { readonly path: string; remove(): void };

export function tempFolder(name: string): TempFolder {
  const path = mkdtempSync(join(tmpdir(), `landfall-${name}-`));
  return {
    path,
    remove() {
      if (process.env['LANDFALL_KEEP'] === undefined) rmSync(path, { recursive: true });
    },
  };
}
