/** The words of something thrown, which may be an Error of another realm. */
export function whyOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown)
    return String(thrown.message);
  return String(thrown);
}
