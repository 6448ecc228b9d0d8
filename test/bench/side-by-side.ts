import { cpuMs, load, median, type Subject, withSubjects } from './subject.ts';

/** Each second, to each of them. */
export const RATE = 120;
const WARM_UP_CALLS = 4000;
const CALLS = 6000;

/** One that is measured beside others. */
export type Contender = {
  readonly name: string;
  readonly startIt: (folder: string, net: number) => Subject;
  /** Whether ACK and BYE go where the INVITE went. */
  readonly pin?: boolean;
};

/** CPU milliseconds a call of each contender, round by round. */
export type Costs = ReadonlyMap<string, readonly number[]>;

/**
 * All of them carry calls at the same time on the same core: what the machine does to one, it does
 * to the others. Each round starts them anew: two processes of one program differ by what was
 * compiled when. A round in which a call was not carried does not count, since that costs less.
 */
export async function runSideBySide(
  contenders: readonly Contender[],
  rounds: number,
): Promise<Costs> {
  const costs = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 1; round <= rounds; round += 1) {
    const { each, lost } = await costsOf(contenders);
    const told = contenders.map(({ name }, net) => `${name} ${each[net]?.toFixed(3)}`);
    const so = lost === 0 ? '' : `; does not count, ${lost} calls were not carried`;
    console.log(`round ${round}  ms CPU per call: ${told.join(', ')}${so}`);
    if (lost > 0) continue;
    for (const [net, { name }] of contenders.entries()) costs.get(name)?.push(each[net] ?? 0);
  }
  return costs;
}

function costsOf(contenders: readonly Contender[]) {
  const starts = contenders.map(
    ({ startIt }, net) =>
      (folder: string) =>
        startIt(folder, net),
  );
  return withSubjects(starts, async (subjects) => {
    const carry = (calls: number) =>
      Promise.all(contenders.map(({ pin = false }, net) => load({ rate: RATE, calls, net, pin })));
    await carry(WARM_UP_CALLS);
    const before = subjects.map(cpuMs);
    const results = await carry(CALLS);
    const each = subjects.map((one, net) => (cpuMs(one) - (before[net] ?? 0)) / CALLS);
    const lost = results.reduce((sum, { failed, refused }) => sum + failed + refused, 0);
    return { each, lost };
  });
}

/** How often the cost of one is that of another: the median, the least and the most. */
export function compared(costs: Costs, one: string, other: string): string {
  const others = costs.get(other) ?? [];
  const ratios = (costs.get(one) ?? []).map((cost, round) => cost / (others[round] ?? Number.NaN));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const range = `${least.toFixed(2)} to ${most.toFixed(2)}`;
  return `${one} / ${other}: ${median(ratios).toFixed(2)} (${range} in ${ratios.length} rounds)`;
}

/** The median of the rounds. */
export const middle = (costs: Costs, name: string) => median(costs.get(name) ?? []);
