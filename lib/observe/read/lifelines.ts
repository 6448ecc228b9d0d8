import type { CallRecord } from '../../call/record.ts';
import type { Step } from '../../call/story.ts';

/** A lifeline: who it is, and under which addresses its messages stand in the steps. */
export type LegAddress = {
  readonly who: 'caller' | 'caller-side' | 'gateway-side' | 'gateway';
  readonly title: string;
  /** As it is shown. */
  readonly address: string;
  /** As the steps name it; the steps of a log are masked, the record is not. */
  readonly addresses: readonly string[];
};

/**
 * The lifelines that occur, in their order: caller, A, U, our gateway side, each gateway tried. Of
 * a call outwards the caller is a gateway, and what is tried lies beyond U.
 */
export function lifelinesOf(steps: readonly Step[], record: CallRecord | undefined): LegAddress[] {
  const callers = named(steps, 'a', 'remote');
  const from = record?.fromGateway ?? steps.find(({ leg }) => leg === 'a')?.gateway;
  const caller: LegAddress[] =
    callers.length === 0
      ? []
      : [
          {
            who: 'caller',
            title: from ?? 'caller',
            address: record?.source ?? callers[0] ?? '',
            addresses: callers,
          },
        ];
  const doors = named(steps, 'a', 'local').map((address): LegAddress => {
    const title = from === undefined ? doorTitle(address, steps, record) : 'gateway side';
    return { who: 'caller-side', title, address, addresses: [address] };
  });
  const ours = named(steps, 'b', 'local').map((address): LegAddress => {
    const title = from === undefined ? 'gateway side' : 'U unicast';
    return { who: 'gateway-side', title, address, addresses: [address] };
  });
  return [...caller, ...doors.toSorted(anycastFirst), ...ours, ...gatewaysOf(steps)];
}

/** The index of the lifeline of one end of a step; -1 where the step does not say. */
export function lineOf(lines: readonly LegAddress[], step: Step, end: 'local' | 'remote'): number {
  const address = step[end];
  if (address === undefined) return -1;
  const isGateway = step.leg === 'b' && end === 'remote';
  const isCaller = step.leg === 'a' && end === 'remote';
  const side = step.leg === 'a' ? 'caller-side' : 'gateway-side';
  const who = isGateway ? 'gateway' : isCaller ? 'caller' : side;
  return lines.findIndex((line) => {
    if (line.who !== who) return false;
    if (isGateway && step.gateway !== undefined) return line.title === step.gateway;
    return line.addresses.includes(address);
  });
}

function gatewaysOf(steps: readonly Step[]): LegAddress[] {
  const gateways = new Map<string, LegAddress>();
  for (const { leg, remote, gateway } of steps) {
    if (leg !== 'b' || remote === undefined) continue;
    const key = gateway ?? remote;
    const known = gateways.get(key);
    gateways.set(key, {
      who: 'gateway',
      title: gateway ?? 'gateway',
      address: known?.address ?? remote,
      addresses: [...new Set([...(known?.addresses ?? []), remote])],
    });
  }
  return [...gateways.values()];
}

/** The record says to which address the INVITE came; without it our Contact tells which is U. */
function doorTitle(
  address: string,
  steps: readonly Step[],
  record: CallRecord | undefined,
): string {
  const isUnicast =
    record === undefined
      ? steps.some((step) => step.contact?.includes(`@${address}`) === true)
      : record.receivedOn.endsWith(`:${address}`) === record.receivedOn.startsWith('U ');
  return isUnicast ? 'U unicast' : 'A anycast';
}

function anycastFirst(one: LegAddress, other: LegAddress): number {
  return one.title === other.title ? 0 : one.title.startsWith('A') ? -1 : 1;
}

/** The different addresses at one end of a leg, in the order in which they occur. */
function named(steps: readonly Step[], leg: Step['leg'], end: 'local' | 'remote'): string[] {
  const found = new Set<string>();
  for (const step of steps) {
    const address = step[end];
    if (step.leg === leg && address !== undefined) found.add(address);
  }
  return [...found];
}
