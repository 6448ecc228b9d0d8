import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const PROJECT = path.join(__dirname, '..', '..');

/** A copy of these parts of the project, in which lines may be changed. */
export function copyOfProject(into: string, name: string, parts: readonly string[]): string {
  const copy = path.join(into, name);
  mkdirSync(copy);
  for (const part of ['package.json', ...parts]) {
    cpSync(path.join(PROJECT, part), path.join(copy, part), { recursive: true });
  }
  return copy;
}

export type ChangedLine = {
  /** The whole line without its indentation; it stands once in the file. */
  readonly line: string;
  readonly becomes: string;
};

/** Undefined: the line is not there, or more than once. */
export function mutate(text: string, { line, becomes }: ChangedLine): string | undefined {
  const lines = text.split('\n');
  const places = lines.flatMap((one, place) => (one.trim() === line ? [place] : []));
  const [place] = places;
  if (place === undefined || places.length > 1) return undefined;
  lines[place] = becomes;
  return lines.join('\n');
}
