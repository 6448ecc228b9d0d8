import type { Arrival, Claimed, ClaimId, Owned, Ownership } from '../ports/ownership.ts';
import type { PeerAnswer, PeerEars } from '../ports/peer-links.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';
import type { ClusterKey } from '../sip/owner-token.ts';
import { CLAIM_BUDGET_MS, type Claim, type Mark, markOf } from './claims/claim.ts';
import { openClaimBook, type Verdict } from './claims/claim-book.ts';
import { writeClaim, writeMark } from './claims/claim-text.ts';
import { holdersOf } from './claims/holders.ts';
import { readFound, readVerdict } from './claims/verdict-text.ts';
import { givesWay, type Holding, openHolding } from './holding.ts';
import { Owning } from './owning.ts';
import { type ClusterParts, isReachable } from './parts.ts';
import { openSourceLimits, type SourceLimits } from './source-limits.ts';
import { tokenIn } from './token-in.ts';

/** How long what a holder says may still matter to a call that goes on without. */
const ANSWER_MS = 5000;
/** How long a CANCEL may be without an answer. */
const FIND_MS = 1000;

export type OwnershipParts = Omit<ClusterParts, 'books'> & {
  /** Read anew for each message. */
  readonly keysNow: () => readonly ClusterKey[];
  readonly claimsMax?: number;
};

/** What the links tell of claims, and what becomes of it. */
export type OpenOwnership = Ownership & {
  readonly peerEars: Pick<PeerEars, 'onAsked' | 'onTold' | 'onUp'>;
  readonly sizes: () => { readonly owned: number; readonly held: number; readonly buried: number };
};

/** Whose a call is, by claims that other sites hold and by what a message bears. */
export function openOwnership(options: OwnershipParts): OpenOwnership {
  const { claimsMax, keysNow, ...rest } = options;
  const isThere = (claim: Claim) => isReachable(rest, claim);
  const books = {
    own: openClaimBook(isThere, claimsMax),
    held: openClaimBook(isThere, claimsMax),
  };
  const parts: ClusterParts = { ...rest, books };
  const owning = new Owning(parts);
  const holding = openHolding(parts, owning);
  const office: Office = { parts, owning, holding, limits: openSourceLimits() };
  const { own, store, sink, world } = parts;
  void store?.load((claim) => {
    if (claim.owner.site !== own.site) books.held.put(claim, world.clock.mono());
    else if (claim.owner.epoch < own.epoch) books.own.put(claim, world.clock.mono());
  });

  return {
    async claim(invite) {
      const claimed = await claimOf(office, invite);
      sink.count('claims', claimed.kind);
      return claimed;
    },
    claimAnyway: (invite) => claimAnyway(office, invite),
    ownerOf: (stray) => ownerOf(office, stray, keysNow()),
    knownOwner: (arrival) => holding.find(markOf(arrival))?.owner,
    progress: (id, phase) => owning.happen(id, { on: 'went-on', phase }),
    close: () => owning.close(),
    peerEars: {
      onAsked: holding.onAsked,
      onTold: holding.onTold,
      onUp: (site) => owning.onUp(site),
    },
    sizes: () => ({
      owned: books.own.sizes().claims,
      held: books.held.sizes().claims,
      buried: books.held.sizes().buried,
    }),
  };
}

type Office = {
  readonly parts: ClusterParts;
  readonly owning: Owning;
  readonly holding: Holding;
  readonly limits: SourceLimits;
};

async function claimOf(office: Office, invite: Arrival): Promise<Claimed> {
  const { owning, holding } = office;
  const mark = markOf(invite);
  const known = taken(office, holding.judge(mark));
  if (known !== undefined) return known;
  const claim = begin(office, mark);
  const holders = holdersFor(office, invite, mark);
  if (holders.length === 0) {
    owning.happen(claim.id, { on: 'went-on', phase: 'dialing' });
    return { kind: 'new', claim: claim.id };
  }
  return await asked(office, claim, holders);
}

/** The holders are told, and what they say later counts; nobody waits for it. */
function claimAnyway(office: Office, invite: Arrival): ClaimId {
  const { parts, owning, holding } = office;
  const mark = markOf(invite);
  const known = holding.judge(mark);
  const claim = begin(office, mark);
  const id = claim.id;
  void asked(office, claim, holdersFor(office, invite, mark), 0);
  const rival = 'claim' in known ? known.claim : undefined;
  // One that would have it at once is met when the call has begun: the holders name it.
  if (rival !== undefined && !rival.isRefused && !isReachable(parts, rival)) owning.meet(rival);
  parts.sink.count('claims', 'anyway');
  return id;
}

function begin({ owning, parts }: Office, mark: Mark): Claim {
  const claim = owning.begin(mark);
  parts.store?.keep(claim);
  return claim;
}

function holdersFor(office: Office, invite: Arrival, { key }: Mark): readonly number[] {
  const { sites, own } = office.parts;
  return mayAsk(office, invite) ? holdersOf(key, sites, own.site) : [];
}

/** A flood of one source is not made one for other sites: it is claimed here alone. */
function mayAsk({ parts, limits }: Office, { message, source, isVerified }: Arrival): boolean {
  const sender = { source, isVerified, callId: message.callId };
  const isFine = limits.mayPass(sender, parts.world.clock.mono()) === 'yes';
  if (!isFine) parts.sink.count('claims', 'unasked');
  return isFine;
}

/** Undefined: nobody has it who could be asked to go on with it. */
function taken({ parts }: Office, verdict: Verdict): Claimed | undefined {
  if (verdict.kind === 'new' || verdict.kind === 'tombstone')
    return verdict.kind === 'new' ? undefined : verdict;
  const { kind, claim } = verdict;
  if (!isReachable(parts, claim)) return undefined;
  return { kind, claim: claim.id, owner: claim.owner };
}

/** Asks the holders, and goes on when all have answered, or the time is over, or one is far. */
function asked(
  office: Office,
  claim: Claim,
  holders: readonly number[],
  budgetMs = CLAIM_BUDGET_MS,
): Promise<Claimed> {
  const { parts, owning } = office;
  const { timers } = parts.world;
  const id = claim.id;
  const body = Buffer.from(writeClaim(claim));
  return new Promise((resolve) => {
    let owed = holders.length;
    let isSettled = false;
    const settle = (claimed: Claimed) => {
      if (isSettled) return;
      isSettled = true;
      timers.clear(alarm);
      owning.settled(id);
      if (claimed.kind === 'new') owning.happen(id, { on: 'went-on', phase: 'dialing' });
      else owning.drop(id);
      resolve(claimed);
    };
    const goOn = () => settle({ kind: 'new', claim: id });
    const hear = (answer: PeerAnswer) => {
      owed -= 1;
      const verdict: Verdict =
        answer.kind === 'answered' ? readVerdict(answer.body.toString()) : { kind: 'new' };
      if (isSettled) hearLate(office, claim, verdict);
      else hearInTime(office, claim, verdict, settle);
      if (owed === 0) goOn();
    };
    const alarm = timers.set(budgetMs, goOn);
    owning.await(id, settle);
    for (const to of holders) {
      const question = { to, subject: 'claim', rank: 'vital', body } as const;
      void parts.links.carry(question, ANSWER_MS).then(hear);
    }
    if (budgetMs === 0 || holders.some((site) => isFar(parts, site))) goOn();
  });
}

/** Waiting for it would be in vain. */
function isFar({ links }: ClusterParts, site: number): boolean {
  return (links.peer(site)?.link?.rttMs ?? 0) > CLAIM_BUDGET_MS;
}

function hearInTime(
  office: Office,
  claim: Claim,
  verdict: Verdict,
  settle: (claimed: Claimed) => void,
): void {
  const found = taken(office, verdict);
  if (found === undefined) return;
  if (verdict.kind === 'retransmission' || verdict.kind === 'joined') {
    office.holding.hear(verdict.claim);
    if (!givesWay(claim, verdict.claim)) return;
  }
  settle(found);
}

/** The call has gone on; whoever else has it is met as a rival. */
function hearLate({ parts, holding, owning }: Office, claim: Claim, verdict: Verdict): void {
  switch (verdict.kind) {
    case 'new':
      return;
    case 'tombstone':
      parts.ears.onBuried(claim.id);
      return;
    case 'retransmission':
    case 'joined':
      holding.hear(verdict.claim);
      if (verdict.claim.isRefused)
        owning.happen(claim.id, { on: 'was-over', known: verdict.claim });
  }
}

async function ownerOf(
  office: Office,
  stray: Arrival<SipMessage>,
  keys: readonly ClusterKey[],
): Promise<Owned> {
  const { message } = stray;
  const verdict = tokenIn(message, keys);
  switch (verdict.kind) {
    case 'valid': {
      const { site, epoch, emergency } = verdict.token;
      return { kind: 'owner', owner: { site, epoch }, claim: undefined, emergency };
    }
    case 'forged':
      return { kind: 'forged' };
    case 'none': {
      const isCancel = message.kind === 'request' && message.method === 'CANCEL';
      if (!isCancel || message.to.tag !== undefined) return { kind: 'nobody' };
      return await ownerOfCancel(office, { ...stray, message });
    }
  }
}

/**
 * A CANCEL bears what its INVITE bore. Where nobody knows that, it is remembered: its INVITE may
 * come while others are asked. [3261-9.1]
 */
async function ownerOfCancel(office: Office, cancel: Arrival<SipRequest>): Promise<Owned> {
  const { parts, holding } = office;
  const mark = markOf(cancel);
  const isAsked = () => mayAsk(office, cancel);
  const known = holding.find(mark);
  if (known === undefined) parts.books.held.bury(mark, parts.world.clock.mono());
  const told = known ?? (isAsked() ? await firstFound(parts, mark) : undefined);
  // Known here, it is not taken for one that comes after its CANCEL.
  if (told !== undefined && told !== known) holding.hear(told);
  const found = told ?? holding.find(mark);
  if (found === undefined) return { kind: 'nobody' };
  return { kind: 'owner', owner: found.owner, claim: found.id, emergency: true };
}

function firstFound(parts: ClusterParts, mark: Mark): Promise<Claim | undefined> {
  const holders = holdersOf(mark.key, parts.sites, parts.own.site);
  const body = Buffer.from(writeMark(mark));
  return new Promise((resolve) => {
    let owed = holders.length;
    const hear = (answer: PeerAnswer) => {
      owed -= 1;
      const found = answer.kind === 'answered' ? readFound(answer.body.toString()) : undefined;
      if (found !== undefined || owed === 0) resolve(found);
    };
    for (const to of holders) {
      const question = { to, subject: 'find', rank: 'vital', body } as const;
      void parts.links.carry(question, FIND_MS).then(hear);
    }
    if (owed === 0) resolve(undefined);
  });
}
