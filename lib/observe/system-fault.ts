/** `ENOENT`, `ENOSPC`; undefined: it was no system call. */
export function codeOf(thrown: unknown): string | undefined {
  const isObject = typeof thrown === 'object' && thrown !== null;
  return isObject && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
