import type { Path } from './problems.ts';

/** What is wrong inside a value; `in` leads from the value to the part that is meant. */
export type Fault = {
  readonly in: Path;
  readonly value: unknown;
  readonly wrong: string;
  readonly want: string;
};

export type Reading<T> =
  | { readonly kind: 'good'; readonly value: T }
  | { readonly kind: 'bad'; readonly faults: readonly Fault[] };

/** What a value may be. It takes YAML at its word and never guesses: `"5060"` is no number. */
export type Format<T> = {
  readonly name: string;
  /** What is right, as an order: `write an IPv4 address`. */
  readonly want: string;
  /** How environment and arguments, which know only text, are turned into such a value. */
  readonly fromText: 'as-is' | 'number' | 'json' | 'own-name';
  /** Its faults must not show the value. */
  readonly isSecret: boolean;
  readonly read: (value: unknown) => Reading<T>;
};

export function good<T>(value: T): Reading<T> {
  return { kind: 'good', value };
}

export function bad(value: unknown, wrong: string, want: string): Reading<never> {
  return { kind: 'bad', faults: [{ in: [], value, wrong, want }] };
}

/** A text. Numbers are refused, as YAML may have changed them already: 0112 is 112. */
export function text<T>(name: string, want: string, read: (text: string) => Reading<T>): Format<T> {
  return {
    name,
    want,
    fromText: 'as-is',
    isSecret: false,
    read(value) {
      if (typeof value === 'string') return read(value);
      if (value === null) return bad(value, 'has no value', want);
      if (typeof value === 'number' || typeof value === 'boolean')
        return bad(value, 'is not text', `put it in quotes, or ${want}`);
      return bad(value, 'is not text', want);
    },
  };
}

export function pattern(name: string, rule: RegExp, want: string): Format<string> {
  return text(name, want, (value) =>
    rule.test(value) ? good(value) : bad(value, `is not a ${name}`, want),
  );
}

export function oneOf<T extends string>(name: string, words: readonly T[]): Format<T> {
  const want = `write ${listed(words)}`;
  return text(name, want, (value) => {
    const word = words.find((candidate) => candidate === value);
    return word === undefined ? bad(value, `is not a ${name}`, want) : good(word);
  });
}

export function wholeNumber(min: number, max: number): Format<number> {
  const want = `write a whole number from ${min} to ${max}`;
  return {
    name: `number from ${min} to ${max}`,
    want,
    fromText: 'number',
    isSecret: false,
    read(value) {
      if (typeof value === 'string' && /^[0-9]+$/.test(value))
        return bad(value, 'is text, not a number', `${want}, without quotes`);
      if (typeof value !== 'number' || !Number.isInteger(value))
        return bad(value, 'is not a whole number', want);
      if (value < min || value > max) return bad(value, 'is out of range', want);
      return good(value);
    },
  };
}

/** A whole number, or 0 for none at all. */
export function zeroOr(min: number, max: number): Format<number> {
  const range = wholeNumber(min, max);
  const want = `${range.want}, or 0`;
  return {
    ...range,
    name: `0 or ${range.name}`,
    want,
    read(value) {
      const reading = value === 0 ? good(0) : range.read(value);
      if (reading.kind === 'good') return reading;
      return { kind: 'bad', faults: reading.faults.map((fault) => ({ ...fault, want })) };
    },
  };
}

export const PORT = wholeNumber(1, 65_535);

const YES_OR_NO_WANT = 'write true or false, without quotes';

export const YES_OR_NO: Format<boolean> = {
  name: 'true or false',
  want: YES_OR_NO_WANT,
  fromText: 'json',
  isSecret: false,
  read(value) {
    if (typeof value === 'boolean') return good(value);
    return bad(value, 'is neither true nor false', YES_OR_NO_WANT);
  },
};

const LIST_LENGTH_MAX = 1000;

/** A list whose entries are read elsewhere, one by one. */
export function anyList(example: string): Format<readonly unknown[]> {
  const want = `write ${example}, or []`;
  return {
    name: `list like ${example}`,
    want,
    fromText: 'json',
    isSecret: false,
    read(value) {
      if (!Array.isArray(value)) return bad(value, 'is not a list', want);
      const entries: readonly unknown[] = value;
      if (entries.length <= LIST_LENGTH_MAX) return good(entries);
      return bad(undefined, `has ${entries.length} entries`, `keep to ${LIST_LENGTH_MAX}`);
    },
  };
}

/** A list with at least one entry, each of one format. */
export function listOf<T>(entry: Format<T>, example: string): Format<readonly T[]> {
  const list = anyList(example);
  return {
    ...list,
    want: `write a list such as ${example}`,
    read(value) {
      const entries = list.read(value);
      if (entries.kind === 'bad') return entries;
      if (entries.value.length === 0) return bad(value, 'is empty', `write ${example}`);
      const values: T[] = [];
      const faults: Fault[] = [];
      for (const [index, item] of entries.value.entries()) {
        const reading = entry.read(item);
        if (reading.kind === 'good') values.push(reading.value);
        else
          for (const fault of reading.faults) faults.push({ ...fault, in: [index, ...fault.in] });
      }
      return faults.length === 0 ? good(values) : { kind: 'bad', faults };
    },
  };
}

/** The same list, where none is a choice too. */
export function orEmpty<T>(list: Format<readonly T[]>): Format<readonly T[]> {
  return {
    ...list,
    want: `${list.want}, or []`,
    read: (value) => (Array.isArray(value) && value.length === 0 ? good([]) : list.read(value)),
  };
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** A path; some words stand for something else. */
export function filePath(
  name: string,
  want: string,
  reserved: readonly string[] = [],
): Format<string> {
  return text(name, want, (value) => {
    if (value.trim() === '' || value.includes('\0')) return bad(value, `is not a ${name}`, want);
    return reserved.includes(value) ? bad(value, 'is not possible here', want) : good(value);
  });
}
