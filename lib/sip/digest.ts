import { hash } from 'node:crypto';
import { detached } from '../base/detached.ts';

/** A short name, of one length, for texts that a stranger may have made long. */
export function digest(texts: readonly string[]): string {
  return digestOf(texts.join('\n'));
}

/** A name that is never long, for this process alone: most texts are short, and stay. */
export function shortName(texts: readonly string[]): string {
  const text = texts.join('\n');
  return text.length <= NAME_CHARS_MAX ? detached(text) : digestOf(text);
}

const NAME_CHARS_MAX = 128;

const digestOf = (text: string) => hash('sha256', text, 'base64');
