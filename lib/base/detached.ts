/** What is shorter is never part of another text in memory: V8 copies it. */
const PART_CHARS_MIN = 13;

/** Whether it may have been cut out of a longer text, and keeps all of that in memory. */
export function mayBePart(text: string): boolean {
  return text.length >= PART_CHARS_MIN;
}

/**
 * A text of its own: what was cut out of a message would keep all of that in memory. Two texts put
 * together are copied into a new one as soon as a piece of that is wanted.
 */
export function detached(text: string): string {
  return mayBePart(text) ? ` ${text}`.slice(1) : text;
}
