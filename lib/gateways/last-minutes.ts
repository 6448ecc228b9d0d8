import type { MonoMs } from '../base/brands.ts';

const SLICE_MS = 30_000;
const SLICES = 10;

export type Tally = { readonly calls: number; readonly failed: number };

/** Counts calls and failures of the last five minutes, in ten slices. */
export type LastMinutes = {
  add(what: keyof Tally, at: MonoMs): void;
  at(at: MonoMs): Tally;
};

export function lastMinutes(): LastMinutes {
  const slices = Array.from({ length: SLICES }, () => ({ slice: -1, calls: 0, failed: 0 }));
  return {
    add(what, at) {
      const slice = Math.floor(at / SLICE_MS);
      const place = slice % SLICES;
      const known = slices[place];
      const current = known?.slice === slice ? known : { slice, calls: 0, failed: 0 };
      current[what] += 1;
      slices[place] = current;
    },
    at(at) {
      const now = Math.floor(at / SLICE_MS);
      const recent = slices.filter(({ slice }) => slice >= 0 && slice > now - SLICES);
      return {
        calls: recent.reduce((sum, { calls }) => sum + calls, 0),
        failed: recent.reduce((sum, { failed }) => sum + failed, 0),
      };
    },
  };
}
