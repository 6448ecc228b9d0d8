import { type ParseArgsConfig, parseArgs } from 'node:util';
import { whyOf } from '../../lib/base/why-of.ts';

/** The command was called wrongly; the message says what would be right. */
export class Misuse extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

export function readLabArguments<const T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true });
  } catch (error) {
    const [what = ''] = whyOf(error).split('. ', 1);
    throw new Misuse(what);
  }
}

export type Limits = { readonly min: number; readonly max: number };

export function numberOf(key: string, text: string | undefined, { min, max }: Limits): number {
  const number = Number(text);
  if (text !== undefined && /^\d+(\.\d+)?$/.test(text) && number >= min && number <= max)
    return number;
  throw new Misuse(`--${key} ${text}: a number from ${min} to ${max} would be right`);
}

/** A list with commas between, each of them one of what is known. */
export function namesOf(key: string, text: string, known: readonly string[]): readonly string[] {
  const names = text.split(',').filter((name) => name !== '');
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined && names.length > 0) return names;
  throw new Misuse(`--${key} ${wrong ?? text}: ${known.join(', ')} would be right`);
}
