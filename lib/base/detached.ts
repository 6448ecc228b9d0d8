/** A text of its own: what was cut out of a message would keep all of that in memory. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
