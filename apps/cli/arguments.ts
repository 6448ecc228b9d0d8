import { type ParseArgsConfig, parseArgs } from 'node:util';
import { whyOf } from '../../lib/base/why-of.ts';

export const ADMIN_URL = 'http://127.0.0.1:8112';

/** A value that was given wrongly: what it is and what would be right. */
export class Misuse extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads the arguments of a command; throws Misuse for what it does not know. */
export function readArguments<const T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node goes on with advice about arguments that begin with a dash.
    const [what] = whyOf(error).split('. ', 1);
    throw new Misuse(what);
  }
}

/** The one positional argument that a command takes. */
export function onlyOne(positionals: readonly string[], name: string): string {
  const [value, ...more] = positionals;
  if (value === undefined) throw new Misuse(`${name} is missing`);
  if (more.length > 0) throw new Misuse(`one ${name} is taken, and not ${positionals.length}`);
  return value;
}

export function none(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new Misuse(`${positionals[0]} is an argument too many`);
}

/** A whole number within limits. */
export function wholeNumber(key: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (/^\d{1,12}$/.test(value) && number >= min && number <= max) return number;
  throw new Misuse(`${key} is ${value}; a whole number from ${min} to ${max} would be right`);
}

export function adminUrl(value: string | undefined): URL {
  const text = value ?? ADMIN_URL;
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  throw new Misuse(`--admin is ${text}; a URL such as ${ADMIN_URL} would be right`);
}
