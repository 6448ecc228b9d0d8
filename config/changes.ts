import { leaves } from './schema.ts';
import type { Sheet, SheetValue } from './sheet.ts';

/** One difference between two configurations. */
export type Change = {
  readonly path: readonly string[];
  /** Absent: it is new. */
  readonly before: string | undefined;
  /** Absent: it is gone. */
  readonly after: string | undefined;
};

/** What is different, in the order of the schema; an entry of a list that is new is one change. */
export function changesBetween(
  before: Sheet,
  after: Sheet,
  above: readonly string[] = [],
): readonly Change[] {
  const parts = [...new Set([...before.keys(), ...after.keys()])];
  const within = parts.flatMap((part): readonly Change[] => {
    const path = [...above, part];
    const [old, young] = [before.get(part), after.get(part)];
    if (isSheet(old) && isSheet(young)) return changesBetween(old, young, path);
    if (markOf(old) === markOf(young)) return [];
    return [{ path, before: shownOf(old), after: shownOf(young) }];
  });
  return [...orderChange(before, after, above), ...within];
}

/** Of routes and trunks the first that matches decides. */
function orderChange(before: Sheet, after: Sheet, path: readonly string[]): readonly Change[] {
  const old = [...before.keys()].filter((part) => after.has(part)).join(' ');
  const young = [...after.keys()].filter((part) => before.has(part)).join(' ');
  return old === young ? [] : [{ path, before: old, after: young }];
}

/** `~ hunt.budgetMs: 6000 -> 8000`, with `+` for what is new and `-` for what is gone. */
export function describeChange(change: Change): string {
  const { before, after } = change;
  const key = changedKey(change);
  if (before === undefined) return `+ ${key}: ${after}`;
  if (after === undefined) return `- ${key}: ${before}`;
  return `~ ${key}: ${before} -> ${after}`;
}

/** A sentence for each change that a running node cannot take. */
export function restartsNeeded(changes: readonly Change[]): readonly string[] {
  return changes.filter(needsRestart).map((change) => {
    const { before = 'none', after = 'none' } = change;
    return `${changedKey(change)}: ${before} -> ${after} needs a restart`;
  });
}

/** `gateways[psap-a].uri`. */
export function changedKey({ path }: Change): string {
  return path.reduce((key, part) => (part.startsWith('[') ? key + part : `${key}.${part}`));
}

const LEAVES = leaves();

function needsRestart({ path, before }: Change): boolean {
  const found = LEAVES.find(({ path: place }) => place.every((part, at) => part === path[at]));
  switch (found?.leaf.reload) {
    case 'takes':
      return false;
    case 'takes-more':
      return before !== undefined;
    case 'refuses':
    case undefined:
      return true;
  }
}

function isSheet(entry: SheetValue | Sheet | undefined): entry is Sheet {
  return entry instanceof Map;
}

function markOf(entry: SheetValue | Sheet | undefined): string | undefined {
  return isSheet(entry) ? fieldsOf(entry, markOf) : entry?.mark;
}

function shownOf(entry: SheetValue | Sheet | undefined): string | undefined {
  return isSheet(entry) ? fieldsOf(entry, shownOf) : entry?.shown;
}

function fieldsOf(sheet: Sheet, textOf: typeof shownOf): string {
  return `{ ${[...sheet].map(([part, entry]) => `${part}: ${textOf(entry)}`).join(', ')} }`;
}
