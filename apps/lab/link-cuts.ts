import { setTimeout as pause } from 'node:timers/promises';
import type { LegB } from './call-trace.ts';
import type { RunningLab } from './running-lab.ts';
import { siteName } from './topology.ts';

/** In ms since the router began. */
export type Cut = { readonly between: string; readonly cutAt: number; readonly healedAt: number };

export type Cutting = {
  /** Heals what is cut, and answers every cut that there was. */
  stop(): Promise<readonly Cut[]>;
};

/** Cuts the link of one pair of sites after the other, each for a while. */
export function startCuts(lab: RunningLab, everySec: number, forSec: number): Cutting {
  const { transit, options } = lab;
  const stopping = new AbortController();
  const { signal } = stopping;
  const cuts: Cut[] = [];
  const rest = (sec: number) => pause(sec * 1000, undefined, { signal }).catch(() => undefined);
  const pairs = pairsOf(options.sites);
  const work = async () => {
    for (let turn = 0; !signal.aborted; turn += 1) {
      const pair = pairs[turn % pairs.length];
      if (pair === undefined) return;
      const [one, other] = [siteName(pair[0]), siteName(pair[1])];
      await transit.link([one, other], { cut: true });
      const cutAt = (await transit.state()).atMs;
      await rest(forSec);
      await transit.link([one, other], { cut: false });
      cuts.push({ between: `${one},${other}`, cutAt, healedAt: (await transit.state()).atMs });
      await rest(everySec - forSec);
    }
  };
  const working = work();
  return {
    async stop() {
      stopping.abort();
      await working;
      return cuts;
    },
  };
}

export function pairsOf(sites: number): readonly (readonly [number, number])[] {
  const numbers = Array.from({ length: sites }, (_, index) => index + 1);
  return numbers.flatMap((one) =>
    numbers.filter((other) => other > one).map((other) => [one, other] as const),
  );
}

/** Two legs of one call that were up at once, in ms since the router began. */
type Overlap = { readonly fromAt: number; readonly toAt: number; readonly isChosen: boolean };

/**
 * For how long two legs b of a call were up at once while no link was cut, at the most. Two that
 * were both answered do not count: once a 200 has left, the caller decides.
 */
export function doubledMs(legs: readonly LegB[], cuts: readonly Cut[], endAt: number): number {
  const spans = overlapsOf(legs, endAt)
    .filter(({ isChosen }) => !isChosen)
    .map(({ fromAt, toAt }) => whole({ fromAt, toAt }, cuts));
  return Math.max(0, ...spans);
}

/** The longest piece of a span that no cut touches. */
function whole({ fromAt, toAt }: Pick<Overlap, 'fromAt' | 'toAt'>, cuts: readonly Cut[]): number {
  let longest = 0;
  let at = fromAt;
  for (const { cutAt, healedAt } of cuts) {
    longest = Math.max(longest, Math.min(cutAt, toAt) - at);
    at = Math.max(at, healedAt);
  }
  return Math.max(longest, toAt - at);
}

export const areBothAnswered = (legs: readonly LegB[]) =>
  legs.filter(({ answeredAt }) => answeredAt !== undefined).length > 1;

function overlapsOf(legs: readonly LegB[], endAt: number): readonly Overlap[] {
  return legs.flatMap((one, at) =>
    legs.slice(at + 1).flatMap((other) => {
      const fromAt = Math.max(one.invitedAt, other.invitedAt);
      const toAt = Math.min(one.endedAt ?? endAt, other.endedAt ?? endAt);
      const isChosen = areBothAnswered([one, other]);
      return fromAt < toAt ? [{ fromAt, toAt, isChosen }] : [];
    }),
  );
}
