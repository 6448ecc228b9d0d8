/** The words of what a system call threw, which may be an Error of another realm. */
export function whyOf(thrown: unknown): string {
  const isObject = typeof thrown === 'object' && thrown !== null;
  return isObject && 'message' in thrown ? String(thrown.message) : String(thrown);
}

/** `ENOENT`, `ENOSPC`; undefined: it was no system call. */
export function codeOf(thrown: unknown): string | undefined {
  const isObject = typeof thrown === 'object' && thrown !== null;
  return isObject && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
