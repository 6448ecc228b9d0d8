import { BoundedMap } from '../base/bounded-map.ts';
import { never } from '../base/never.ts';
import { WaitingLine } from '../base/waiting-line.ts';
import type { Claimed, ClaimId } from '../ports/ownership.ts';
import { type Claim, firstClaim, isFinal, type Mark } from './claims/claim.ts';
import { holdersOf } from './claims/holders.ts';
import {
  type OwnClaim,
  type OwnEffect,
  type OwnEvent,
  ownClaim,
  stepOwn,
} from './claims/own-claim.ts';
import { type ClusterParts, isReachable, tellClaim } from './parts.ts';

/** Less than the time after which holders let a claim go. */
const AGAIN_MS = 60_000;
const FINAL_MS = 32_000;
const OWNED_MAX = 200_000;

type Settle = (claimed: Claimed) => void;

/** The claims that this site has made. */
export class Owning {
  readonly #parts: ClusterParts;
  readonly #owned = new BoundedMap<ClaimId, OwnClaim>(OWNED_MAX);
  readonly #awaited = new Map<ClaimId, Settle>();
  readonly #again: WaitingLine<ClaimId>;
  readonly #over: WaitingLine<ClaimId>;
  #serial = 0;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.#again = new WaitingLine(parts.world, AGAIN_MS, (id) => this.#sayAgain(id));
    this.#over = new WaitingLine(parts.world, FINAL_MS, (id) => void this.#owned.delete(id));
  }

  get size(): number {
    return this.#owned.size;
  }

  get(id: ClaimId): Claim | undefined {
    return this.#owned.get(id)?.claim;
  }

  begin(mark: Mark): Claim {
    this.#serial += 1;
    const claim = firstClaim(mark, this.#parts.own, this.#serial);
    const id = claim.id;
    this.#owned.set(id, ownClaim(claim));
    this.#note(claim);
    this.#again.add(id);
    return claim;
  }

  /** Until it is settled, what the claim turns out to be is told here and not to the ears. */
  await(id: ClaimId, settle: Settle): void {
    this.#awaited.set(id, settle);
  }

  settled(id: ClaimId): void {
    this.#awaited.delete(id);
  }

  happen(id: ClaimId, event: OwnEvent): void {
    const former = this.#owned.get(id);
    if (former === undefined) return;
    const isThere = (claim: Claim) => isReachable(this.#parts, claim);
    const { own: next, effects } = stepOwn(former, event, isThere);
    if (next === undefined) this.#owned.delete(id);
    else {
      this.#owned.set(id, next);
      this.#note(next.claim);
      if (isFinal(next.claim) && !isFinal(former.claim)) this.#over.add(id);
    }
    for (const effect of effects) this.#carryOut(id, effect);
  }

  /** Another site has a call; those of ours that are the same call meet it. */
  meet(rival: Claim): void {
    const { world, books, own } = this.#parts;
    for (const mine of books.own.rivals(rival, world.clock.mono())) {
      if (mine.owner.epoch === own.epoch) this.happen(mine.id, { on: 'rival-told', rival });
    }
  }

  /**
   * Further INVITEs of a call of ours came to another site, or its CANCEL while we were out of
   * reach. How far it is only we know.
   */
  join(told: Claim): void {
    const known = this.#owned.get(told.id);
    if (known === undefined) return;
    const claim = this.#note({ ...known.claim, branches: told.branches });
    if (claim !== undefined) this.#owned.set(told.id, { ...known, claim });
    const isCancelled = told.isRefused && !isFinal(known.claim);
    if (isCancelled && known.claim.branches.length === 1) this.#parts.ears.onBuried(told.id);
  }

  /** It turned out to be somebody else's before anybody was called. */
  drop(id: ClaimId): void {
    this.#owned.delete(id);
    this.#parts.books.own.drop(id);
  }

  /** A link is up: what its site holds for us, and who competes there, is said again. */
  onUp(site: number): void {
    const { sites, own } = this.#parts;
    for (const [id, { claim, rival }] of this.#owned.entries()) {
      const isHolder = () => holdersOf(claim.key, sites, own.site).includes(site);
      if (!isFinal(claim) && isHolder()) tellClaim(this.#parts, [site], claim);
      if (rival?.owner.site !== site) continue;
      tellClaim(this.#parts, [site], claim);
      this.happen(id, { on: 'rival-told', rival });
    }
  }

  close(): void {
    this.#again.clear();
    this.#over.clear();
  }

  #sayAgain(id: ClaimId): void {
    this.happen(id, { on: 'grew-old' });
    const claim = this.get(id);
    if (claim !== undefined && !isFinal(claim)) this.#again.add(id);
  }

  #carryOut(id: ClaimId, effect: OwnEffect): void {
    switch (effect.do) {
      case 'tell-holders':
        // After a failure the same call may come again at once, and is a new one.
        this.#tellHolders(effect.claim, effect.claim.phase === 'failed' ? 'now' : 'later');
        return;
      case 'tell-rival':
        tellClaim(this.#parts, [effect.to], effect.claim);
        return;
      case 'yield':
        this.#giveUp(id, effect);
        return;
      default:
        never(effect);
    }
  }

  #tellHolders(claim: Claim, when: 'now' | 'later'): void {
    const { store, sites, own } = this.#parts;
    store?.keep(claim);
    tellClaim(this.#parts, holdersOf(claim.key, sites, own.site), claim, when);
  }

  #giveUp(id: ClaimId, { to, claim, kind }: Extract<OwnEffect, { do: 'yield' }>): void {
    const { sink, books, world, ears } = this.#parts;
    sink.count('claims', 'yielded');
    books.own.drop(id);
    books.held.put(to, world.clock.mono());
    this.#tellHolders(claim, 'now');
    this.#tellHolders(to, 'now');
    tellClaim(this.#parts, [to.owner.site], to);
    const settle = this.#awaited.get(id);
    if (settle === undefined) ears.onYield(id, to.owner);
    else settle({ kind, claim: to.id, owner: to.owner });
  }

  #note(claim: Claim): Claim | undefined {
    const { books, world } = this.#parts;
    return books.own.put(claim, world.clock.mono());
  }
}
