import { monoMs } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { World } from '../../base/time.ts';
import type {
  Anchored,
  MediaAnswer,
  MediaFailure,
  MediaOffer,
  Released,
} from '../../ports/media-anchor.ts';
import { type ToldLeg, tell } from '../told-leg.ts';
import { type AnchoredAttempt, type AnchoredCall, newHome } from './anchored-call.ts';
import type { Homes } from './homes.ts';
import { ASK_MS } from './instance.ts';
import type { NgOutcome } from './ng-client.ts';
import { deleteRequest } from './ng-message.ts';
import type { RtpengineOptions } from './options.ts';
import { abandonRequest, answerRequest, offerRequest, partyOf } from './requests.ts';
import { readStatistics } from './statistics.ts';

export type Asking = {
  readonly world: World;
  readonly homes: Homes;
  readonly interfaces: RtpengineOptions['interfaces'];
};

/** How long an offer goes round before nobody can anchor it. */
export const OFFER_MS = 1200;

/**
 * A call stays where it is. Who is dead, or does not want a call that is new to it, is passed over
 * for the next; at that one the call is new, and both legs hear of another address.
 */
export async function offerOf(
  { world, homes, interfaces }: Asking,
  call: AnchoredCall,
  attempt: AnchoredAttempt,
  offer: MediaOffer,
): Promise<Anchored> {
  const endsAt = monoMs(world.clock.mono() + OFFER_MS);
  let last = failed('unreachable', 'there is no rtpengine');
  for (const instance of homes.candidatesFor(call)) {
    const leftMs = endsAt - world.clock.mono();
    if (leftMs <= 0) break;
    const isHome = call.home?.instance === instance;
    const home = isHome && call.home !== undefined ? call.home : newHome(call, instance);
    const request = offerRequest(home, attempt, offer, interfaces);
    const outcome = await instance.ask(request, Math.min(ASK_MS, leftMs));
    const hasLeft = isHome && call.home !== home;
    if (outcome.kind === 'done' && outcome.sdp !== undefined && !hasLeft) {
      homes.settle(call, home);
      attempt.open = { offer, home };
      attempt.isOver = false;
      void sweep(call);
      return anchored(offer.from === 'a' ? attempt.b : call.a, outcome.sdp);
    }
    last = failureOf(outcome);
    if (isHome && !hasLeft && !isDead(outcome)) return last;
    if (!isHome) void instance.forget(home.anchorId);
  }
  return last;
}

export async function answerOf(
  { homes, interfaces }: Asking,
  call: AnchoredCall,
  answer: MediaAnswer,
): Promise<Anchored> {
  const attempt = call.attempts.get(answer.attempt);
  // One more answer is another device's, and rtpengine takes formats from the first one alone.
  const asked = attempt?.open ?? attempt?.agreed;
  const { home } = call;
  if (attempt === undefined || asked === undefined || asked.offer.from === answer.from)
    return failed('refused', 'there is no offer that this could answer');
  if (home === undefined || asked.home !== home)
    return failed('lost', 'who heard the offer is gone');
  if (attempt.open === undefined) {
    const again = offerRequest(home, attempt, asked.offer, interfaces);
    const outcome = await home.instance.ask(again, ASK_MS);
    if (outcome.kind !== 'done') return failureOf(outcome);
  }
  const outcome = await home.instance.ask(answerRequest(home, attempt, answer), ASK_MS);
  if (outcome.kind === 'done' && outcome.sdp !== undefined) {
    attempt.open = undefined;
    attempt.agreed = { offer: asked.offer, answer, home };
    return anchored(answer.from === 'a' ? attempt.b : call.a, outcome.sdp);
  }
  if (outcome.kind !== 'refused' || !isUnknown(outcome.reason)) return failureOf(outcome);
  homes.lose(call);
  return failed('lost', outcome.reason);
}

type Restored = { readonly kind: 'done' } | Failed;

/** What was agreed is said once more; who has moved since has nothing to go back to. */
export async function restoreOf(
  { homes, interfaces }: Asking,
  call: AnchoredCall,
  number: number,
): Promise<Restored> {
  const attempt = call.attempts.get(number);
  const { home } = call;
  if (attempt?.open === undefined || home === undefined) return DONE;
  attempt.open = undefined;
  const { agreed } = attempt;
  if (agreed === undefined) return DONE;
  if (agreed.home !== home) {
    homes.lose(call);
    return failed('lost', 'what was agreed was agreed elsewhere');
  }
  const offer = offerRequest(home, attempt, agreed.offer, interfaces);
  const outcome = await home.instance.ask(offer, ASK_MS);
  if (outcome.kind !== 'done') return failureOf(outcome);
  const answer = answerRequest(home, attempt, agreed.answer);
  const last = await home.instance.ask(answer, ASK_MS);
  return last.kind === 'done' ? DONE : failureOf(last);
}

/**
 * The last leg b stays until there is another one: rtpengine would close the port of leg a with it,
 * which the caller may have been told already.
 */
export async function abandonOf(call: AnchoredCall, number: number): Promise<Restored> {
  const attempt = call.attempts.get(number);
  if (attempt === undefined) return DONE;
  attempt.isOver = true;
  return call.attempts.size === 1 ? DONE : sweep(call);
}

async function sweep(call: AnchoredCall): Promise<Restored> {
  const { home } = call;
  let result: Restored = DONE;
  for (const attempt of [...call.attempts.values()].filter(({ isOver }) => isOver)) {
    call.attempts.delete(attempt.number);
    if (home === undefined || (attempt.open ?? attempt.agreed)?.home !== home) continue;
    const outcome = await home.instance.ask(abandonRequest(home, attempt), ASK_MS);
    if (outcome.kind !== 'done') result = failureOf(outcome);
  }
  return result;
}

/**
 * Asks what was counted, if anything can have been, and has the call forgotten. Both are one ask
 * where there never was more than one leg b: with leg a all of that call goes.
 */
export async function releaseOf({ homes }: Asking, call: AnchoredCall): Promise<Released> {
  const { home } = call;
  call.isLost = false;
  const spoke = [...call.attempts.values()].findLast(({ agreed }) => agreed?.home === home);
  if (home === undefined || spoke === undefined) {
    await homes.leave(call);
    return { kind: 'released', legs: undefined };
  }
  const isPlain = call.attemptsEver === 1;
  const query = { command: 'query', 'call-id': home.anchorId };
  const whole = { ...deleteRequest(home.anchorId), 'from-tag': partyOf('a', spoke) };
  const outcome = await home.instance.ask(isPlain ? whole : query, ASK_MS);
  const isGone = isPlain && outcome.kind === 'done' && outcome.fields['warning'] === undefined;
  if (isGone) homes.strike(call);
  else await homes.leave(call);
  if (outcome.kind !== 'done') return failureOf(outcome);
  const parties = { a: partyOf('a', spoke), b: partyOf('b', spoke) };
  return { kind: 'released', legs: readStatistics(outcome.fields, parties) };
}

const DONE = { kind: 'done' } as const;

function anchored(leg: ToldLeg, sdp: string): Anchored {
  return { kind: 'anchored', ...tell(leg, sdp) };
}

export type Failed = {
  readonly kind: 'failed';
  readonly why: MediaFailure;
  readonly reason: string;
};

export const failed = (why: MediaFailure, reason: string): Failed => ({
  kind: 'failed',
  why,
  reason,
});

function failureOf(outcome: NgOutcome): Failed {
  switch (outcome.kind) {
    case 'failed':
      return failed(outcome.why, outcome.reason);
    case 'refused':
      return failed('refused', outcome.reason);
    case 'done':
      return failed('refused', 'an answer without SDP');
    default:
      return never(outcome);
  }
}

function isDead(outcome: NgOutcome): boolean {
  return outcome.kind === 'failed' && (outcome.why === 'unreachable' || outcome.why === 'silent');
}

const isUnknown = (reason: string) => /unknown call/i.test(reason);
