/** The milliseconds that a Retry-After asks for; undefined: it asks for nothing readable. */
export function restMsIn(value: string | undefined): number | undefined {
  const seconds = /^\s*(\d{1,9})\s*(?:[;(]|$)/.exec(value ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
