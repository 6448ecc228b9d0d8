import path from 'node:path';
import type { Import, SourceFile } from './source-file.ts';
import { HOMES, ROOMS, type Room } from './tables.ts';

const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const LINE_CHARS_MAX = 100;

/** Each rule answers its complaints, `file:line what`, and none where all is well. */
export type Rule = (file: SourceFile) => readonly string[];

/** A room imports from the rooms above it. */
export const walls: Rule = (file) => {
  const room = roomOf(file.path);
  if (room === undefined) return [];
  return file.imports.flatMap((found) => {
    const wrong = wallFault(file, room, found);
    return wrong === undefined ? [] : [`${file.path}:${found.line} ${wrong}`];
  });
};

function wallFault(file: SourceFile, room: Room, { from, isTypeOnly }: Import): string | undefined {
  if (from.startsWith('node:')) {
    const allowed = room.node === undefined || room.node.includes(from) || isTypeOnly;
    const itself = room.folder === 'lib/base' && file.path === 'lib/base/real-world.ts';
    return allowed || itself ? undefined : `${room.folder} must not import ${from}`;
  }
  if (!from.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(file.path), from);
  const other = roomOf(target);
  if (other === room || isIn(target, room.values)) return undefined;
  if (isIn(target, room.types)) return isTypeOnly ? undefined : `${from}: only its types`;
  // A room within a room, as proto, is part of what surrounds it.
  if (other?.folder.startsWith(`${room.folder}/`)) return undefined;
  return `${room.folder} must not import ${target}`;
}

function roomOf(file: string): Room | undefined {
  return ROOMS.filter(({ folder }) => file.startsWith(`${folder}/`)).sort(
    (one, other) => other.folder.length - one.folder.length,
  )[0];
}

const isIn = (file: string, folders: readonly string[]) =>
  folders.some((folder) => file.startsWith(`${folder}/`));

/** A third-party package is named in its home alone. */
export const homes: Rule = ({ path: file, imports }) =>
  imports
    .filter(({ from }) => !from.startsWith('.') && !from.startsWith('node:'))
    .filter(({ from }) => !file.startsWith(`${homeOf(from)}/`))
    .map(({ from, line }) => `${file}:${line} ${from} belongs to ${homeOf(from) ?? 'nobody'}`);

function homeOf(specifier: string): string | undefined {
  const parts = specifier.split('/');
  return HOMES[parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')];
}

/** lib/ports holds doorways: nothing in it exists at run time. */
export const doorways: Rule = ({ path: file, runsAt }) =>
  file.startsWith('lib/ports/') ? runsAt.map((line) => `${file}:${line} runs`) : [];

export const fileNames: Rule = ({ path: file }) => {
  const name = path.posix.basename(file).replace(/(\.test|\.d)?\.ts$/, '');
  if (/^(utils?|types?|index|helpers?|common|misc)$/.test(name)) return [`${file} says nothing`];
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [`${file} is not kebab-case`];
};

export const sizes: Rule = ({ path: file, text, functions, verbatim }) => {
  const lines = text.split('\n');
  const count = lines.length - 1;
  return [
    ...(count > LINES_MAX ? [`${file} has ${count} lines`] : []),
    ...functions
      .filter((one) => one.lines > FUNCTION_LINES_MAX)
      .map((one) => `${file}:${one.line} a function of ${one.lines} lines`),
    ...lines.flatMap((line, at) =>
      codeOf(line).length > LINE_CHARS_MAX && !verbatim.has(at + 1)
        ? [`${file}:${at + 1} ${line.length} characters`]
        : [],
    ),
  ];
};

/** A sentence in quotes is not broken, and a test title is a sentence of an RFC. */
const codeOf = (line: string) => line.replace(/(['"`])(?:\\.|(?!\1).)*\1/g, "''");

export const marks: Rule = ({ path: file, text }) =>
  text
    .split('\n')
    .flatMap((line, at) =>
      FORBIDDEN.filter(([pattern]) => pattern.test(line)).map(
        ([, what]) => `${file}:${at + 1} ${what}`,
      ),
    );

/** Put together here, so that this file does not find itself. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\bas ${'any'}\\b(?=\\s*([^\\s\\w]|$))`), 'switches the types off'],
  [new RegExp(`\\b(TO${'DO'}|FIX${'ME'}|XX${'X'}|HA${'CK'})\\b`), 'leaves work behind'],
  [new RegExp(`@ts-(ig${'nore'}|no${'check'})`), 'switches the types off'],
  [new RegExp(`["'\`\\s=(/](/${'work'}|/${'root'}|/${'Users'})/`), 'names a path of a machine'],
];

/** A clause tag in lib is named by the title of a test. */
export function untestedClauses(
  lib: readonly SourceFile[],
  titles: readonly string[],
): readonly string[] {
  const tested = new Set(titles.flatMap(tagsOf));
  return lib.flatMap(({ path: file, text }) =>
    [...new Set(tagsOf(text))].filter((tag) => !tested.has(tag)).map((tag) => `${file} ${tag}`),
  );
}

const tagsOf = (text: string): readonly string[] => text.match(/\[\d{4}-[\d.]+\]/g) ?? [];
