import type { SitesPlan } from './plan.ts';

export type Quiet = {
  /** Whether nothing was wrong between sites in this time. */
  isQuiet(fromMs: number, toMs: number): boolean;
};

/** Links that were cut are dialled anew within that time, and what was missed is said again. */
const SETTLING_MS = 9000;

export function quietOf({ troubles, liar }: SitesPlan): Quiet {
  return {
    isQuiet: (fromMs, toMs) =>
      liar === undefined &&
      !troubles.some((one) => one.fromMs <= toMs && fromMs <= one.toMs + SETTLING_MS),
  };
}

/** How far the sites are from each other, one way. */
export function waysOf({ delays, jitterMs }: SitesPlan): { readonly msMax: number } {
  return { msMax: Math.max(...delays.values()) + jitterMs };
}
