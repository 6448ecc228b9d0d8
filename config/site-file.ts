import {
  type Document,
  isCollection,
  isMap,
  isNode,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { whyOf } from '../lib/base/why-of.ts';
import { isMap as isPlainMap } from './items.ts';
import { type Path, type Problem, problemAt } from './problems.ts';

/** A site file taken apart, with the way back from each key to its line. */
export type SiteFile = {
  readonly root: Readonly<Record<string, unknown>>;
  /** `line:column` of a key, or of the nearest thing above it that the file does hold. */
  locate(path: Path): string | undefined;
};

export type ParsedFile =
  | { readonly kind: 'parsed'; readonly file: SiteFile }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

export const EMPTY_FILE: SiteFile = { root: {}, locate: () => undefined };

const TEXT_LENGTH_MAX = 1024 * 1024;

/** Reads YAML 1.2, and so JSON too. Two values for one key and unknown tags are errors. */
export function parseSiteFile(text: string): ParsedFile {
  if (text.length > TEXT_LENGTH_MAX)
    return broken([
      { why: 'is longer than 1 MB', want: 'keep the site file short', at: undefined },
    ]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    // It would write to stderr beside what is reported.
    logLevel: 'error',
    uniqueKeys: true,
  });
  const slips = [...document.errors, ...document.warnings];
  if (slips.length > 0)
    return broken(
      slips.map((slip) => ({
        why: `is not YAML that can be read: ${firstLine(slip.message)}`,
        want: slip.code === 'DUPLICATE_KEY' ? 'keep one of the two' : 'correct the line',
        at: position(lines, slip.pos[0]),
      })),
    );
  const endless = aliasWithinItself(document);
  if (endless !== undefined)
    return broken([
      {
        why: 'has an alias within what it stands for',
        want: 'write the value out',
        at: position(lines, endless),
      },
    ]);
  const root = plain(document);
  if (root.kind === 'broken') return root;
  return { kind: 'parsed', file: { root: root.value, locate: locator(document, lines) } };
}

/** Where an alias stands within the value that it repeats, which would have no end. */
function aliasWithinItself(document: Document.Parsed): number | undefined {
  let found: number | undefined;
  visit(document, {
    Alias(_, alias, path) {
      const repeated = alias.resolve(document);
      if (repeated === undefined || !path.includes(repeated)) return undefined;
      found = startOf(alias);
      return visit.BREAK;
    },
  });
  return found;
}

type Plain =
  | { readonly kind: 'plain'; readonly value: Readonly<Record<string, unknown>> }
  | Extract<ParsedFile, { kind: 'broken' }>;

function plain(document: Document.Parsed): Plain {
  const want = 'start it with "site: NAME"';
  try {
    const value: unknown = document.toJS();
    if (value === null || value === undefined) return { kind: 'plain', value: {} };
    if (isPlainMap(value)) return { kind: 'plain', value };
    return broken([{ why: 'is not a map of keys', want, at: '1:1' }]);
  } catch (error) {
    // The parser refuses aliases that multiply, and says so by throwing.
    const why = whyOf(error);
    return broken([{ why: `cannot be expanded: ${why}`, want: 'use fewer aliases', at: '1:1' }]);
  }
}

function locator(document: Document.Parsed, lines: LineCounter): SiteFile['locate'] {
  return (path) => {
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const part of path) {
      if (!isCollection(node)) break;
      const found = entry(node, part);
      if (found === undefined) break;
      offset = found.offset ?? offset;
      node = found.node;
    }
    return offset === undefined ? undefined : position(lines, offset);
  };
}

/** The value below a key or index, and where it is shown: at the key in a map, else at itself. */
function entry(collection: unknown, part: string | number) {
  if (!isMap(collection)) {
    const node = isCollection(collection) ? collection.get(part, true) : undefined;
    return node === undefined ? undefined : { node, offset: startOf(node) };
  }
  const pair = collection.items.find(({ key }) => isNode(key) && String(key) === String(part));
  return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function position(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

type Slip = { readonly why: string; readonly want: string; readonly at: string | undefined };

function broken(slips: readonly Slip[]): Extract<ParsedFile, { kind: 'broken' }> {
  const problems = slips.map(({ why, want, at }) =>
    problemAt([], { at, source: undefined }, { wrong: why, want }),
  );
  return { kind: 'broken', problems };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
