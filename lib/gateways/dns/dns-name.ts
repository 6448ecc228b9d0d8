const NAME_CHARS_MAX = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Takes off case and the dot at the end, in which two spellings of one name may differ. */
export function plainName(name: string): string {
  const lower = name.toLowerCase();
  return lower.length > 1 && lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** Whether a name can be asked for; what an answer names was written by somebody else. */
export function canBeAsked(name: string): boolean {
  return name.length <= NAME_CHARS_MAX && name.split('.').every((label) => LABEL.test(label));
}
