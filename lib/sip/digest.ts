import { hash } from 'node:crypto';

/** A short name, of one length, for texts that a stranger may have made long. */
export function digest(texts: readonly string[]): string {
  return hash('sha256', texts.join('\n'), 'base64');
}
