/** What is shorter is never part of another text in memory: V8 copies it. */
const PART_CHARS_MIN = 13;

/** Whether it may have been cut out of a longer text, and keeps all of that in memory. */
export function mayBePart(text: string): boolean {
  return text.length >= PART_CHARS_MIN;
}

/**
 * A text of its own: what was cut out of a message would keep all of that in memory. Joined from a
 * list it is one piece, where other ways make a text that points to its parts.
 */
export function detached(text: string): string {
  return mayBePart(text) ? [text.charAt(0), text.slice(1)].join('') : text;
}
