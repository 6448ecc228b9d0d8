import type { Tag } from '../sip/ids.ts';
import type { Facts } from './facts.ts';

/**
 * Chooses the dialog of leg a in which a gateway-side dialog speaks to the caller.
 *
 * A dialog holds one answer to one offer, so as soon as SDP has gone out for one gateway, another
 * one gets a To-tag of its own: to the caller it looks like a fork. [3261-13.2.2.4]
 */
export function forkFor(
  facts: Facts,
  attempt: number,
  tag: Tag | undefined,
  withSdp: boolean,
): { readonly facts: Facts; readonly fork: number } {
  const of = `${attempt}/${tag ?? ''}`;
  const own = facts.forks.findIndex((fork) => fork.of === of);
  const last = facts.forks.length - 1;
  const fork = own >= 0 ? own : facts.forks[last]?.hasSdp === false ? last : last + 1;
  const hasSdp = withSdp || facts.forks[fork]?.hasSdp === true;
  const forks = [...facts.forks];
  forks[fork] = { of, hasSdp };
  return { facts: { ...facts, forks }, fork };
}
