import { type Claim, isFinal, merge, type Phase, sharesInvite } from './claim.ts';
import { contest, isAhead } from './contest.ts';

/** A claim of this site, and what is known of others who have the same call. */
export type OwnClaim = {
  readonly claim: Claim;
  /** The one that is ahead of all others. */
  readonly rival: Claim | undefined;
  /** What the rival has been told. */
  readonly told: Phase | undefined;
};

export type OwnEvent =
  | { readonly on: 'went-on'; readonly phase: Phase }
  /** Another site has the same call, or has got further with it. */
  | { readonly on: 'rival-told'; readonly rival: Claim }
  /** The call was over before it came here: another site has said its last response. */
  | { readonly on: 'was-over'; readonly known: Claim }
  /** It has been quiet for long. */
  | { readonly on: 'grew-old' };

export type OwnEffect =
  /** To whoever holds it. */
  | { readonly do: 'tell-holders'; readonly claim: Claim }
  | { readonly do: 'tell-rival'; readonly to: number; readonly claim: Claim }
  /** It is not ours any more; what came to it belongs to the other one. */
  | {
      readonly do: 'yield';
      readonly to: Claim;
      readonly claim: Claim;
      /** What the INVITE of our claim is to the other one. */
      readonly kind: 'retransmission' | 'joined';
    };

export type OwnStep = {
  /** Undefined: it was yielded. */
  readonly own: OwnClaim | undefined;
  readonly effects: readonly OwnEffect[];
};

export function ownClaim(claim: Claim): OwnClaim {
  return { claim, rival: undefined, told: undefined };
}

/** Whether the owner of a claim can be told, and go on with the call. */
export type IsThere = (claim: Claim) => boolean;

/** What becomes of a claim of this site. */
export function stepOwn(own: OwnClaim, event: OwnEvent, isThere: IsThere): OwnStep {
  switch (event.on) {
    case 'went-on':
      return goOn(own, event.phase, isThere);
    case 'rival-told':
      return meet(own, event.rival, isThere);
    case 'was-over':
      return comeBack(own, event.known);
    case 'grew-old':
      return isFinal(own.claim)
        ? { own, effects: [] }
        : { own, effects: [{ do: 'tell-holders', claim: own.claim }] };
  }
}

/** That somebody is dialled is known by time: only what comes after it is said. */
function goOn(own: OwnClaim, phase: Phase, isThere: IsThere): OwnStep {
  const isRefused = phase === 'failed';
  const claim = merge(own.claim, { ...own.claim, phase, isRefused });
  if (claim.phase === own.claim.phase) return { own, effects: [] };
  const went = { ...own, claim };
  const settled = settle(went, isThere);
  if (phase === 'dialing' || settled.own === undefined) return settled;
  return { ...settled, effects: [{ do: 'tell-holders', claim }, ...settled.effects] };
}

function meet(own: OwnClaim, rival: Claim, isThere: IsThere): OwnStep {
  const { rival: known } = own;
  if (isSettledBy(own.claim, rival)) return giveWay(own.claim, rival);
  if (known !== undefined && known.id === rival.id)
    return settle({ ...own, rival: merge(known, rival) }, isThere);
  const isBeaten =
    known === undefined || !isThere(known) || known.phase === 'failed' || isAhead(rival, known);
  if (!isBeaten) return settle(own, isThere);
  return settle({ ...own, rival, told: undefined }, isThere);
}

/** The very INVITE has been refused there: whoever is called here is called for nobody. */
function isSettledBy(mine: Claim, theirs: Claim): boolean {
  return theirs.isRefused && !isFinal(mine) && sharesInvite(mine, theirs);
}

/** Tells the rival how far this site is, unless it knows; or gives way to it. */
function settle(own: OwnClaim, isThere: IsThere): OwnStep {
  const { claim, rival, told } = own;
  if (rival === undefined || !isThere(rival)) return { own, effects: [] };
  if (claim.phase !== 'failed' && contest(claim, rival) === 'yield') return giveWay(claim, rival);
  if (told === claim.phase) return { own, effects: [] };
  const effect = { do: 'tell-rival', to: rival.owner.site, claim } as const;
  return { own: { ...own, told: claim.phase }, effects: [effect] };
}

/** A rival that has given up for us was never before us, and has nothing to answer with. */
function comeBack(own: OwnClaim, known: Claim): OwnStep {
  const isRival = own.rival !== undefined && own.rival.id === known.id;
  return isRival ? { own, effects: [] } : giveWay(own.claim, known);
}

function giveWay(claim: Claim, rival: Claim): OwnStep {
  const to = merge(rival, { ...rival, branches: claim.branches });
  const kind = sharesInvite(claim, rival) ? 'retransmission' : 'joined';
  const over: Claim = { ...claim, phase: 'failed' };
  return { own: undefined, effects: [{ do: 'yield', to, claim: over, kind }] };
}
