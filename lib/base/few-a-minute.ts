import type { World } from './time.ts';

const MINUTE_MS = 60_000;

/** Says yes so many times in one minute; what strangers cause must not fill a log. */
export function fewAMinute(max: number, { clock }: Pick<World, 'clock'>): () => boolean {
  let since = clock.mono();
  let count = 0;
  return () => {
    if (clock.mono() - since >= MINUTE_MS) {
      since = clock.mono();
      count = 0;
    }
    count += 1;
    return count <= max;
  };
}
