import { type MonoMs, NO_OCTETS } from '../../base/brands.ts';
import { type RequestId, requestId } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { warning } from '../../sip/warning.ts';
import type { Effect } from '../effects.ts';
import type { EventOf } from '../events.ts';
import type { Facts } from '../facts.ts';
import { cancelAll } from '../fading.ts';
import { withSpeaker } from '../forks.ts';
import { crossing } from '../header-plans.ts';
import { withAttempt, withOutcome } from '../notes.ts';
import { numberOf, tellReferrer } from '../refer-news.ts';
import type { Attempt, CallState, Talking, Transfer, Transferring } from '../state.ts';
import { type Transition, transition } from '../transition.ts';
import { dialogOf, ownAsk, ownReply } from './asks.ts';

/** Of one call; each that is placed or comes is kept in its record. */
const ATTEMPTS_MAX = 64;

type Open = Pick<Transferring, 'facts' | 'fading' | 'bridge'>;

/**
 * Carries out a gateway's REFER: calls the one that it names, and leaves the offer to it, so that
 * the caller's answer to that is all that the two have to agree on. [3515-2.4.2]
 */
export function refer(state: Talking, event: EventOf<'asked'>): Transition {
  const { leadsTo: target, headers } = event;
  const refusal = refusalOf(state.facts, event);
  if (target === undefined || refusal !== undefined) {
    const { status, says } = refusal ?? ELSEWHERE;
    return transition(state, [ownReply(event, status, [warning('landfall', says)])]);
  }
  const number = numberOf(headers);
  const { fallbacks: next = [] } = state.facts;
  return place({ ...state, hasLeft: false, next }, { target, refer: number, at: event.at }, [
    ownReply(event, 202),
    tellReferrer(event.dialog, number, 100, reasonPhrase(100)),
  ]);
}

/** Calls who is to take over, and leaves the offer to it. */
export function place(
  { facts: before, fading, bridge, hasLeft, next }: Omit<Transferring, 'tag' | 'transfer'>,
  whom: Pick<Attempt, 'target'> & Pick<Transfer, 'refer'> & { readonly at: MonoMs },
  told: readonly Effect[],
): Transition {
  const { target, refer, at } = whom;
  const facts = withAttempt(before, target, at);
  const attempt = facts.attempts.length;
  const invited: Attempt = { number: attempt, target, progress: 'silent', cancel: 'no' };
  const transfer: Transfer = { ...UNSAID, by: 'placed', attempt, invited, refer };
  return transition({ tag: 'transferring', facts, fading, bridge, hasLeft, next, transfer }, [
    ...told,
    { do: 'invite-b', attempt, target, isOffered: true },
    { do: 'set-timer', name: 'first-response', delayMs: facts.rules.attemptMs },
  ]);
}

const UNSAID = {
  invited: undefined,
  tag: undefined,
  waitsFor: 'offer',
  offer: { headers: [], body: NO_OCTETS },
  isGone: false,
  refer: undefined,
  retries: 0,
} as const;

type Refusal = { readonly status: number; readonly says: string };

const ELSEWHERE: Refusal = { status: 603, says: 'calls are transferred to gateways of this site' };
const TOO_OFTEN: Refusal = { status: 603, says: 'this call was transferred too often' };
const UNCLEAR: Refusal = { status: 400, says: 'a REFER has one Refer-To' };

function refusalOf({ attempts }: Facts, { headers }: EventOf<'asked'>): Refusal | undefined {
  if (attempts.length >= ATTEMPTS_MAX) return TOO_OFTEN;
  // More than one of them, or none, is a bad request. [3515-2.4.2]
  return headers.filter(({ name }) => name === 'refer-to').length === 1 ? undefined : UNCLEAR;
}

/** A gateway's INVITE wants the place of the one that talks: its offer is the caller's to answer. */
export function joins(state: Talking, event: EventOf<'b-joins'>): Transition {
  const { attempt, tag, replaces, headers, body } = event;
  const { bridge, fading } = state;
  if (replaces.attempt !== bridge.attempt || replaces.tag !== bridge.tag) {
    return refuseJoin(state, event, 481);
  }
  // It was only to be picked up, and somebody has. [3891-3]
  if (event.isEarlyOnly) return refuseJoin(state, event, 486);
  if (body === '') return refuseJoin(state, event, 488);
  const facts = withAttempt(state.facts, event.from, event.at);
  const { fallbacks: next = [] } = facts;
  const transfer: Transfer = { ...UNSAID, by: 'came', attempt, tag, offer: { headers, body } };
  return offerToCaller({ facts, fading, bridge, hasLeft: false, next, transfer }, []);
}

/** It is in the record all the same. */
export function refuseJoin<State extends CallState>(
  state: State,
  event: EventOf<'b-joins'>,
  status: number,
): Transition {
  const { attempt, at, from } = event;
  const tried = withAttempt(state.facts, from, at);
  const facts = withOutcome(tried, attempt, status, reasonPhrase(status));
  return transition({ ...state, facts }, [{ do: 'reject-b', attempt, status }]);
}

/** The caller hears the offer of who is to talk with it. */
export function offerToCaller(
  state: Omit<Transferring, 'tag'>,
  before: readonly Effect[],
): Transition {
  const { bridge, transfer } = state;
  const { attempt, tag = bridge.tag, offer } = transfer;
  const facts = withSpeaker(state.facts, bridge.fork, attempt, tag);
  const waiting: Transfer = { ...transfer, waitsFor: 'answer' };
  return transition({ ...state, tag: 'transferring', facts, transfer: waiting }, [
    ...before,
    ownAsk(dialogOf(bridge, 'a'), {
      request: requestOf(transfer),
      method: 'INVITE',
      headers: crossing(offer.headers, facts.emergency),
      body: offer.body,
    }),
  ]);
}

/** The name of our own re-INVITE, to the caller and to a gateway that stays. */
export function requestOf({ by, attempt }: Pick<Transfer, 'by' | 'attempt'>): RequestId {
  return requestId(`${by}${attempt}`);
}

/**
 * Who talked before is asked for an offer: the caller has agreed to speak with one who is gone.
 * [3725-4.4]
 */
export function askForOffer({ facts, fading, bridge }: Open, retries = 0): Transition {
  const { attempt, tag } = bridge;
  const transfer: Transfer = { ...UNSAID, by: 'stayed', attempt, tag, retries };
  const what = { method: 'INVITE', headers: [], body: NO_OCTETS };
  const ask = ownAsk(dialogOf(bridge, 'b'), { request: requestOf(transfer), ...what });
  const alone = { hasLeft: false, next: [] };
  return transition({ tag: 'transferring', facts, fading, bridge, ...alone, transfer }, [ask]);
}

/** The answer of the caller goes to who made the offer. */
export function acceptOf(
  { bridge, transfer }: Pick<Transferring, 'bridge' | 'transfer'>,
  headers: readonly Header[],
  body: EventOf<'replied'>['body'],
): Effect {
  const { by, attempt, tag = bridge.tag } = transfer;
  if (by === 'placed') return { do: 'ack-b', attempt, tag, headers, body };
  if (by === 'came') return { do: 'accept-b', attempt, headers, body };
  const dialog = dialogOf(bridge, 'b');
  return { do: 'confirm', dialog, request: requestOf(transfer), headers, body };
}

/** Nothing comes of it: what is owed to its INVITE, and by it. */
export function giveUp(
  { bridge, transfer }: Pick<Transferring, 'bridge' | 'transfer'>,
  status = 487,
): { readonly fading: readonly Attempt[]; readonly effects: readonly Effect[] } {
  const { by, attempt, tag, invited, isGone, offer } = transfer;
  if (invited !== undefined) return cancelAll([invited], []);
  if (isGone || tag === undefined) return { fading: [], effects: [] };
  if (by === 'stayed') {
    const confirm = acceptOf({ bridge, transfer }, [], NO_OCTETS);
    return { fading: [], effects: offer.body === '' ? [] : [confirm] };
  }
  if (by === 'came') return { fading: [], effects: [{ do: 'reject-b', attempt, status }] };
  return {
    fading: [],
    effects: [
      { do: 'ack-b', attempt, tag, headers: [], body: NO_OCTETS },
      { do: 'bye-b', attempt, tag, headers: [] },
    ],
  };
}

/** What a gateway that came hears from us is what its attempt has come to. */
export function withRefusal({ facts, transfer }: Transferring, status: number): Facts {
  const { by, attempt, isGone } = transfer;
  if (by !== 'came' || isGone) return facts;
  return withOutcome(facts, attempt, status, reasonPhrase(status));
}
