import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** What npm, git and the build keep here. */
const FOREIGN = /^(\.git|node_modules|dist|reports|package-lock\.json|state|.*\.ndjson)$/;

export type TextFile = { readonly path: string; readonly text: string };

/** Every file below these folders whose name ends so, in order of its path. */
export function filesBelow(folders: readonly string[], endings: readonly string[]): TextFile[] {
  return folders
    .flatMap((folder) => pathsBelow(folder))
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .sort()
    .map((file) => ({ path: file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
}

function pathsBelow(folder: string): string[] {
  if (!existsSync(path.join(ROOT, folder))) return [];
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    if (FOREIGN.test(entry.name)) return [];
    const below = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? pathsBelow(below) : [below];
  });
}
