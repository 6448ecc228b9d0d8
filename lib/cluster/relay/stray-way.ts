import type { Carried, StrayAnswer } from '../../ports/neighbours.ts';
import type { Owned } from '../../ports/ownership.ts';
import type { Unanswered } from '../../ports/peer-links.ts';

/** A stray on its way to its owner, as the site sees it that received it. */
export type StrayWay = {
  /** The site that is asked. */
  readonly to: number;
  readonly tries: number;
};

export type WayEvent = StrayAnswer | { readonly kind: 'unanswered'; readonly why: Unanswered };

export type WayStep =
  | { readonly do: 'ask'; readonly way: StrayWay }
  /** It is answered by its owner, or owed an answer of our own. */
  | { readonly do: 'end'; readonly outcome: WayOutcome };

export type WayOutcome = Exclude<Carried, 'limited'>;

const TRIES_MAX = 2;

export function firstTry(to: number): StrayWay {
  return { to, tries: 1 };
}

/**
 * Asks once more where the answer leads to another site, or was lost; the owner knows a
 * retransmission for what it is. A site that is down is not asked again, nor is one that has said
 * that it knows nothing, and this one never asks itself.
 */
export function stepWay({ to, tries }: StrayWay, event: WayEvent, own: number): WayStep {
  const mayRetry = tries < TRIES_MAX;
  switch (event.kind) {
    case 'carried':
      return { do: 'end', outcome: 'carried' };
    case 'moved':
      return mayRetry && event.to !== own && event.to !== to
        ? { do: 'ask', way: { to: event.to, tries: tries + 1 } }
        : { do: 'end', outcome: 'unknown' };
    case 'unknown':
      return { do: 'end', outcome: 'unknown' };
    case 'unanswered':
      return mayRetry && event.why === 'late'
        ? { do: 'ask', way: { to, tries: tries + 1 } }
        : { do: 'end', outcome: 'unreachable' };
  }
}

/**
 * What a site answers for a stray that came over a link and matched nothing: it may know where that
 * belongs, but it never sends it on.
 */
export function answerFor(owned: Owned, own: number): StrayAnswer {
  const isElsewhere = owned.kind === 'owner' && owned.owner.site !== own;
  return isElsewhere ? { kind: 'moved', to: owned.owner.site } : { kind: 'unknown' };
}
