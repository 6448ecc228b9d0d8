import { headerValues } from './headers.ts';
import type { Header } from './message.ts';

/** The languages that somebody asks for, in lower case, the dearest first. [3261-20.3] */
export function languagesIn(headers: readonly Header[]): readonly string[] {
  const ranges = headerValues(headers, 'accept-language')
    .flatMap((value) => value.split(','))
    .map((entry) => {
      const [range = '', ...params] = entry.split(';').map((part) => part.trim().toLowerCase());
      const q = params.find((param) => param.startsWith('q='))?.slice(2) ?? '1';
      return { range, q: /^[01](\.\d{0,3})?$/.test(q) ? Number(q) : 1 };
    });
  return ranges
    .filter(({ range, q }) => q > 0 && /^[a-z]{1,8}(-[a-z0-9]{1,8})*$/.test(range))
    .toSorted((one, other) => other.q - one.q)
    .map(({ range }) => range);
}

/**
 * The first of the languages asked for that there is, however much more it says: `sv-FI` is served
 * by `sv`, and `en` by `en-GB`. Undefined: there is none of them. [4647-3.4]
 */
export function spokenOf<T extends { readonly language: string }>(
  there: readonly T[],
  asked: readonly string[],
): T | undefined {
  for (const range of asked) {
    for (let part = range; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('-')))) {
      const found = there.find(({ language }) => {
        const own = language.toLowerCase();
        return own === part || (part === range && own.startsWith(`${part}-`));
      });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
