/** The words of something thrown. It may come from another realm, so it need not be an Error of ours. */
export function whyOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown)
    return String(thrown.message);
  return String(thrown);
}
