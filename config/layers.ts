import { closest, editDistance } from './closest.ts';
import type { Format } from './formats.ts';
import { isMap, unknownKey } from './items.ts';
import type { Origin, Path, Report } from './problems.ts';
import { type Branch, environmentName, isLeaf, type LeafAt, leaves, SCHEMA } from './schema.ts';
import type { SiteFile } from './site-file.ts';

/** A value for one key of the schema, with where it came from. */
export type Setting = {
  readonly at: LeafAt;
  readonly value: unknown;
  /** Absent when it stands in the file. */
  readonly source: string | undefined;
};

const LEAVES = leaves();
const LEAF_OF = new Map(LEAVES.map((at) => [at.path.join('.'), at]));

/** The settings of the file: every key must be one of the schema, every branch a map. */
export function fileSettings(file: SiteFile, report: Report): readonly Setting[] {
  return branchSettings(file.root, SCHEMA, [], report);
}

function branchSettings(
  map: Readonly<Record<string, unknown>>,
  branch: Branch,
  above: readonly string[],
  report: Report,
): readonly Setting[] {
  return Object.entries(map).flatMap(([key, value]): readonly Setting[] => {
    const path = [...above, key];
    const node = Object.hasOwn(branch, key) ? branch[key] : undefined;
    if (node === undefined) {
      report(path, unknownKey(key, Object.keys(branch)));
      return [];
    }
    if (isLeaf(node)) return [{ at: { path, leaf: node }, value, source: undefined }];
    // A heading whose lines are all commented out is as good as none.
    if (value === null) return [];
    if (isMap(value)) return branchSettings(value, node, path, report);
    report(path, { value, wrong: 'is not a map', want: `write ${Object.keys(node)[0]}: below it` });
    return [];
  });
}

export type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES = LEAVES.map(({ path }) => environmentName(path));

/** The settings of LANDFALL_... variables; an empty one is as good as none. */
export function environmentSettings(env: Environment): readonly Setting[] {
  return LEAVES.flatMap((at) => {
    const name = environmentName(at.path);
    const text = env[name];
    if (text === undefined || text === '') return [];
    return [{ at, value: fromText(text, at.leaf.reads, name), source: name }];
  });
}

/** Others name variables LANDFALL_ too (a service of that name does), so only near misses count. */
const SLIPS_MAX = 2;

/** Finds the variables that are none of ours but nearly one, and that hold no secret either. */
export function misspeltVariables(
  env: Environment,
  settings: readonly Setting[],
): readonly { readonly name: string; readonly meant: string }[] {
  const secrets = new Set(settings.flatMap(({ value }) => variablesIn(value)));
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('LANDFALL_') || VARIABLES.includes(name) || secrets.has(name)) return [];
    const meant = closest(name, VARIABLES);
    if (meant === undefined || editDistance(name, meant) > SLIPS_MAX) return [];
    return [{ name, meant }];
  });
}

function variablesIn(value: unknown): readonly string[] {
  const refs: readonly unknown[] = Array.isArray(value) ? value : [value];
  return refs.flatMap((ref) => {
    const name = typeof ref === 'string' ? /(?:^|=)env:([^=]+)$/.exec(ref)?.[1] : undefined;
    return name === undefined ? [] : [name];
  });
}

/** Values by key, `hunt.budgetMs`; a text is read as a variable's would be. */
export type Overrides = Readonly<Record<string, unknown>>;

export function overrideSettings(overrides: Overrides, report: Report): readonly Setting[] {
  return Object.entries(overrides).flatMap(([key, given]): readonly Setting[] => {
    const at = LEAF_OF.get(key);
    if (at === undefined) {
      report([key], unknownKey(key, [...LEAF_OF.keys()]));
      return [];
    }
    const { reads } = at.leaf;
    const value =
      typeof given === 'string' && reads.fromText !== 'own-name'
        ? fromText(given, reads, key)
        : given;
    return [{ at, value, source: `--set ${key}` }];
  });
}

/** Turns `key=value` arguments into overrides; a further one for the same key wins. */
export function overridesOf(settings: readonly string[]): Overrides {
  return Object.fromEntries(
    settings.map((setting) => {
      const end = setting.indexOf('=');
      return end < 0 ? [setting, undefined] : [setting.slice(0, end), setting.slice(end + 1)];
    }),
  );
}

/** Where the value of a path came from: the last setting of its key, or the file. */
export function originFinder(settings: readonly Setting[], file: SiteFile): (path: Path) => Origin {
  const sources = new Map(settings.map(({ at, source }) => [at.path.join('.'), source]));
  return (path) => {
    const end = path.findIndex((part) => typeof part === 'number');
    const names = end < 0 ? path : path.slice(0, end);
    const source = sources.get(names.join('.'));
    return { source, at: source === undefined ? file.locate(path) : undefined };
  };
}

/** Reads the text strictly; what is no such value stays text, and its format then refuses it. */
function fromText(text: string, { fromText: form }: Format<unknown>, ownName: string): unknown {
  switch (form) {
    case 'as-is':
      return text;
    case 'number':
      return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : text;
    case 'json':
      return readJson(text);
    case 'own-name':
      return `env:${ownName}`;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
