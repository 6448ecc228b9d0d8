import type { Prompts } from '../call/facts.ts';
import { languagesIn, spokenOf } from '../sip/accept-language.ts';
import type { Header } from '../sip/message.ts';
import type { Prompt } from './site-options.ts';

/** What a caller may hear: of its group, else of all; in its language, else in the first one. */
export function promptsFor(
  prompts: readonly Prompt[],
  group: string | undefined,
  headers: readonly Header[],
): Prompts | undefined {
  const own = prompts.filter((one) => one.group === group && group !== undefined);
  const there = own.length > 0 ? own : prompts.filter((one) => one.group === undefined);
  const [first] = there;
  if (first === undefined) return undefined;
  const { hunting, failed } = spokenOf(there, languagesIn(headers)) ?? first;
  return { hunting, failed };
}
