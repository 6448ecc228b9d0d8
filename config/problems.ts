/** Where a value stands in the configuration: `['gateways', 1, 'uri']`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with the configuration, and what would be right. */
export type Problem = {
  /** `gateways[1].uri`; empty for the file as a whole. */
  readonly key: string;
  /** As it was written, secrets masked; absent where nothing was written. */
  readonly value: string | undefined;
  /** Goes on after the value: `is not an IPv4 address`. */
  readonly wrong: string;
  /** An order: `write "sip:10.0.1.31:5060"`. */
  readonly want: string;
  /** `line:column` in the file; absent for what the file does not hold. */
  readonly at: string | undefined;
  /** `LANDFALL_SITE` or `--set site` for a value that did not come from the file. */
  readonly source: string | undefined;
};

export type Origin = { readonly at: string | undefined; readonly source: string | undefined };

/** What a check found; `value` is absent where there is none to show. */
export type Finding = {
  readonly wrong: string;
  readonly want: string;
  readonly value?: unknown;
  readonly isSecret?: boolean;
};

export type Report = (path: Path, finding: Finding) => void;

const VALUE_LENGTH_MAX = 80;

/** Writes a problem as one line for a terminal, the place first. */
export function describeProblem(problem: Problem, file: string | undefined): string {
  const { key, value, wrong, want, at, source } = problem;
  const place = source ?? (at === undefined ? file : `${file ?? 'line'}:${at}`);
  const subject = [key === '' ? undefined : `${key}:`, value].filter((part) => part !== undefined);
  return [place, ...subject, `${wrong};`, want].filter((part) => part !== undefined).join(' ');
}

/** The words of something thrown, which may be an Error of another realm. */

export function keyOf(path: Path): string {
  let key = '';
  for (const part of path) {
    if (typeof part === 'number') key += `[${part}]`;
    else key += key === '' ? part : `.${part}`;
  }
  return key;
}

export function problemAt(path: Path, origin: Origin, finding: Finding): Problem {
  const { wrong, want, value, isSecret } = finding;
  const shown = value === undefined ? undefined : isSecret === true ? '"***"' : written(value);
  return { key: keyOf(path), value: shown, wrong, want, ...origin };
}

/** Puts problems in the order of the file; those from elsewhere come last. */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((one, other) => rank(one) - rank(other));
}

const LINE_COLUMNS = 10_000;

function rank({ at }: Problem): number {
  if (at === undefined) return Number.MAX_SAFE_INTEGER;
  const [line = 0, column = 0] = at.split(':').map(Number);
  return line * LINE_COLUMNS + Math.min(column, LINE_COLUMNS - 1);
}

function written(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}...`;
}
