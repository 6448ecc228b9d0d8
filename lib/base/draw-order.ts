import type { Rng } from './time.ts';

export type Weighted = {
  /** Lower is tried first. */
  readonly priority: number;
  /** The share among those of one priority. Absent: 0. */
  readonly weight?: number | undefined;
};

/**
 * One priority after the other, and within one a draw by weight, as SRV records are drawn. Where
 * no weight is given the order stays as it is. [2782]
 */
export function drawOrder<T extends Weighted>(all: readonly T[], rng: Rng): readonly T[] {
  const priorities = [...new Set(all.map(({ priority }) => priority))];
  return priorities
    .toSorted((one, other) => one - other)
    .flatMap((wanted) =>
      drawAmong(
        all.filter(({ priority }) => priority === wanted),
        rng,
      ),
    );
}

/** Those of weight 0 stand first and have the lot 0 alone: a very small chance, but one. */
function drawAmong<T extends Weighted>(equals: readonly T[], rng: Rng): readonly T[] {
  if (equals.every((one) => weightOf(one) === 0)) return equals;
  const left = equals.toSorted(
    (one, other) => Math.sign(weightOf(one)) - Math.sign(weightOf(other)),
  );
  const drawn: T[] = [];
  while (left.length > 1) {
    const total = left.reduce((sum, one) => sum + weightOf(one), 0);
    const lot = Math.floor(rng.fraction() * (total + 1));
    let running = 0;
    const at = left.findIndex((one) => {
      running += weightOf(one);
      return running >= lot;
    });
    drawn.push(...left.splice(at, 1));
  }
  return [...drawn, ...left];
}

const weightOf = ({ weight = 0 }: Weighted) => weight;
