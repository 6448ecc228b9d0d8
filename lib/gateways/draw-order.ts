import type { Rng } from '../base/time.ts';
import type { Gateway } from './options.ts';

/**
 * One priority after the other, and within one a draw by weight, as SRV records are drawn. Where
 * no weight is given the order stays as it is. [2782]
 */
export function drawOrder(gateways: readonly Gateway[], rng: Rng): readonly Gateway[] {
  const priorities = [...new Set(gateways.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((wanted) =>
    drawAmong(
      gateways.filter(({ priority }) => priority === wanted),
      rng,
    ),
  );
}

function drawAmong(equals: readonly Gateway[], rng: Rng): readonly Gateway[] {
  // Those of no weight stand first, so that they have a very small chance.
  const left = equals.toSorted((one, other) => sign(one) - sign(other));
  if (left.every((one) => weightOf(one) === 0)) return equals;
  const drawn: Gateway[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, one) => sum + weightOf(one), 0);
    const lot = Math.floor(rng.fraction() * (total + 1));
    let sum = 0;
    const at = left.findIndex((one) => {
      sum += weightOf(one);
      return sum >= lot;
    });
    drawn.push(...left.splice(at, 1));
  }
  return drawn;
}

const weightOf = ({ weight = 0 }: Gateway) => weight;

const sign = (gateway: Gateway) => Math.sign(weightOf(gateway));
