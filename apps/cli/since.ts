import { Misuse } from './arguments.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** A moment without a zone is UTC, as all that is shown. */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const ZONE = /(?:Z|[+-]\d\d:\d\d)$/;

/** The Unix milliseconds that `2h`, `30m` or `2026-11-20T03:00Z` mean. */
export function sinceMs(value: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS_MS[unit] ?? 0);
  if (ISO.test(value)) {
    const isWhole = value.length > 10;
    const text = value.replace(' ', 'T');
    const at = Date.parse(isWhole && !ZONE.test(text) ? `${text}Z` : text);
    if (!Number.isNaN(at)) return at;
  }
  throw new Misuse(`--since is ${value}; 2h, 30m, 7d or 2026-11-20T03:00Z would be right`);
}
