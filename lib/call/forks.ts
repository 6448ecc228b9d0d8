import { type Tag, tagOf } from '../sip/ids.ts';
import type { Facts } from './facts.ts';
import type { DialogName } from './state.ts';

type Chosen = { readonly facts: Facts; readonly fork: number };

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
): Chosen {
  const of = nameOf(attempt, tag);
  const own = facts.forks.findIndex((fork) => fork.of === of);
  const last = facts.forks.length - 1;
  const fork = own >= 0 ? own : facts.forks[last]?.hasSdp === false ? last : last + 1;
  const hasSdp = withSdp || facts.forks[fork]?.hasSdp === true;
  const forks = [...facts.forks];
  forks[fork] = { ...forks[fork], of, hasSdp };
  return { facts: { ...facts, forks }, fork };
}

/**
 * The same for what is only provisional. A caller that copes with one early dialog hears all of it
 * in the first one, and there only one callee's media; a 2xx may still make another. [3960-3.1]
 */
export function earlyForkFor(
  facts: Facts,
  attempt: number,
  tag: Tag | undefined,
  withSdp: boolean,
): Chosen & { readonly mayCarrySdp: boolean } {
  const [first] = facts.forks;
  const isFree = first?.hasSdp !== true || first.of === nameOf(attempt, tag);
  if (facts.earlyDialogs === 'first' && !isFree) return { facts, fork: 0, mayCarrySdp: false };
  return { mayCarrySdp: true, ...forkFor(facts, attempt, tag, withSdp) };
}

/** A dialog of leg a speaks for another gateway from now on. */
export function withSpeaker(facts: Facts, fork: number, attempt: number, tag: Tag): Facts {
  const of = nameOf(attempt, tag);
  const forks = facts.forks.map((one, at) => (at === fork ? { ...one, of } : one));
  return { ...facts, forks };
}

/** The caller has answered the offer that it heard in a fork. [3262-5] */
export function withAnswer(facts: Facts, fork: number): Facts {
  const forks = facts.forks.map((one, at) =>
    at === fork ? ({ ...one, isAnswered: true } as const) : one,
  );
  return { ...facts, forks };
}

/**
 * The dialog across the call from one of it, before the answer. Undefined: nobody speaks in it, or
 * who does has none of its own.
 */
export function across(facts: Facts, dialog: DialogName): DialogName | undefined {
  if (dialog.side === 'b') {
    const of = nameOf(dialog.attempt, dialog.tag);
    const fork = facts.forks.findIndex((one) => one.of === of);
    return fork < 0 ? undefined : { side: 'a', fork };
  }
  const { of = '' } = facts.forks[dialog.fork] ?? {};
  const tag = tagOf(of.slice(of.indexOf('/') + 1));
  const attempt = attemptOf(facts, dialog.fork);
  return attempt > 0 && tag !== '' ? { side: 'b', attempt, tag } : undefined;
}

/** The attempt that a fork stands for; 0: it is for what this site itself says, NaN: it is none. */
export function attemptOf({ forks }: Facts, fork: number): number {
  return Number.parseInt(forks[fork]?.of ?? '', 10);
}

const nameOf = (attempt: number, tag: Tag | undefined) => `${attempt}/${tag ?? ''}`;
