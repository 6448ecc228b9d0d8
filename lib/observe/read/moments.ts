/** `2026-11-20 03:12:07Z`: UTC, like the log, so that two sites can be compared. */
export function momentOf(unixMs: number): string {
  const iso = isoOf(unixMs);
  return iso === undefined ? '?' : `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;
}

/** `03:12:07.042`. */
export function timeOfDay(unixMs: number): string {
  return isoOf(unixMs)?.slice(11, 23) ?? '?';
}

/** `0.3 s`, `34 s`, `12 min 5 s`, `1 h 2 min`. */
export function spanOf(ms: number): string {
  if (ms < 9_950) return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`;
  const sec = Math.round(ms / 1000);
  if (sec < 60) return `${sec} s`;
  const min = Math.floor(sec / 60);
  if (min < 60) return `${min} min ${sec % 60} s`;
  return `${Math.floor(min / 60)} h ${min % 60} min`;
}

/** `2.043`: seconds since the beginning. */
export function offsetOf(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Undefined for a number that is no moment, such as stands in a damaged log. */
function isoOf(unixMs: number): string | undefined {
  return Math.abs(unixMs) <= 8.64e15 ? new Date(unixMs).toISOString() : undefined;
}
