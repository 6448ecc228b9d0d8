import { type MonoMs, NO_OCTETS } from '../../base/brands.ts';
import { headerValue } from '../../sip/headers.ts';
import { restMsIn } from '../../sip/retry-after.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { reasonHeader, warning } from '../../sip/warning.ts';
import type { Effect } from '../effects.ts';
import type { EventOf } from '../events.ts';
import type { Facts, HuntRules } from '../facts.ts';
import { forkFor } from '../forks.ts';
import { crossing } from '../header-plans.ts';
import { withAttempt, withOutcome, withTime } from '../notes.ts';
import type { Attempt, Dialing } from '../state.ts';
import { type EndReason, reasonOfStatus } from '../termination.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { part, speakOfHunt } from './announcing.ts';
import { finish } from './finishing.ts';

/**
 * How long a fading gateway of an emergency call may think, if the caller waits: Timer C.
 * [3261-16.8]
 */
const LAST_ANSWER_MS = 180_000;

/** Tries the next target, or waits for those that still owe an answer. */
export function dialNext(state: Omit<Dialing, 'current'>, at: MonoMs, before: readonly Effect[]) {
  const { tag, fading } = state;
  const [target, ...next] = state.next;
  if (target === undefined) return settle({ ...state, current: undefined }, at, before);
  const number = state.facts.attempts.length + 1;
  const { facts: told, effects: rings } = ringback(state.facts, at);
  const { voice, effects: spoken } = speakOfHunt(state, at);
  const facts = withAttempt(told, target, at);
  const current: Attempt = { number, target, progress: 'silent', cancel: 'no' };
  return transition({ tag, facts, fading, current, next, voice }, [
    ...before,
    ...rings,
    ...spoken,
    { do: 'invite-b', attempt: number, target },
    { do: 'set-timer', name: 'first-response', delayMs: turnMs(state.facts, at, next.length + 1) },
  ]);
}

/**
 * A caller of the emergency services hears ringing when the budget is over and the hunt goes on:
 * silence makes people hang up.
 */
function ringback(facts: Facts, at: MonoMs): { facts: Facts; effects: readonly Effect[] } {
  const { emergency, rules, startedAt, times } = facts;
  const isDue = emergency && times.ringing === undefined && at - startedAt >= rules.budgetMs;
  return isDue ? ring(facts, at) : { facts, effects: [] };
}

/** The caller hears ringing from us; the gateway that rings next rings in the same dialog. */
function ring(before: Facts, at: MonoMs): { facts: Facts; effects: readonly Effect[] } {
  const { facts, fork } = forkFor(before, 0, undefined, false);
  const says = { status: 180, reason: reasonPhrase(180), headers: [], body: NO_OCTETS };
  return { facts: withTime(facts, 'ringing', at), effects: [{ do: 'ring-a', fork, ...says }] };
}

/** The share of the budget that one target has for its first response. */
function turnMs({ rules, startedAt }: Facts, at: MonoMs, targetsLeft: number): number {
  return shareMs(rules, rules.budgetMs - (at - startedAt), targetsLeft);
}

/** What one of so many targets has of the time that is left, within the limits of a turn. */
export function shareMs(
  { attemptMs, attemptMsMin }: Pick<HuntRules, 'attemptMs' | 'attemptMsMin'>,
  leftMs: number,
  targetsLeft: number,
): number {
  return Math.max(attemptMsMin, Math.min(attemptMs, leftMs / targetsLeft));
}

/** The current attempt has had its turn. It is not cancelled: what it says late still counts. */
export function giveUp(state: Dialing, event: EventOf<'timer'>, why: string): Transition {
  const { current } = state;
  const wants = event.name === 'progress' ? 'trying' : 'silent';
  if (current === undefined || current.progress !== wants) return ignored(state, event);
  const facts = withOutcome(state.facts, current.number, 408, why);
  const faded = { ...state, facts, fading: [...state.fading, current] };
  const silent: Effect = {
    do: 'note-gateway',
    gateway: current.target.gateway,
    outcome: 'silent',
  };
  if (!mayTryNext(facts.rules, 408, 'timeout')) {
    return fail({ ...faded, current: undefined }, 'gateways-exhausted', [silent]);
  }
  return dialNext(faded, event.at, [silent]);
}

/** A final answer that is no 2xx. */
export function refused(state: Dialing, event: EventOf<'b-refused'>): Transition {
  const { current, fading } = state;
  const all = current === undefined ? fading : [current, ...fading];
  const attempt = all.find(({ number }) => number === event.attempt);
  if (attempt === undefined) return ignored(state, event);
  const facts = withOutcome(state.facts, event.attempt, event.status, event.reason);
  if (attempt !== current) {
    const left = fading.filter((other) => other !== attempt);
    return settle({ ...state, facts, fading: left }, event.at, []);
  }
  const left: Dialing = { ...state, facts, current: undefined };
  const noted: Effect[] = [noteOf(attempt.target.gateway, event)];
  const redirects = attempt.target.isRedirected === true ? [] : (event.redirects ?? []);
  if (redirects.length > 0) {
    const led = redirects.map((target) => ({ ...target, isRedirected: true as const }));
    return dialNext({ ...left, next: [...led, ...left.next] }, event.at, noted);
  }
  if (mayTryNext(facts.rules, event.status, event.cause)) return dialNext(left, event.at, noted);
  return passRefusal(left, event, noted);
}

type Outcome = Extract<Effect, { do: 'note-gateway' }>['outcome'];

/** What a final answer says of the gateway: whatever it is but 503, the gateway works. */
export function outcomeOf(cause: EventOf<'b-refused'>['cause'], status: number): Outcome {
  if (cause === 'timeout') return 'silent';
  if (cause === 'transport') return 'unreachable';
  return status === 503 ? 'refused' : 'alive';
}

function noteOf(gateway: string, { cause, status, headers }: EventOf<'b-refused'>): Effect {
  const outcome = outcomeOf(cause, status);
  const note = { do: 'note-gateway', gateway } as const;
  if (outcome !== 'refused') return { ...note, outcome };
  const restMs = restMsIn(headerValue(headers, 'retry-after'));
  return { ...note, outcome, ...(restMs === undefined ? {} : { restMs }) };
}

/** Whether that failure of a gateway moves a hunt on to the next one. */
export function mayTryNext(
  { failoverOn }: Pick<HuntRules, 'failoverOn'>,
  status: number,
  cause: EventOf<'b-refused'>['cause'],
): boolean {
  // What one gateway sends back to us another one may have a way for. [3261-21.4.20]
  if (failoverOn === 'any' || status === 482) return true;
  if (cause !== 'response' && failoverOn.includes(cause)) return true;
  return failoverOn.includes(status);
}

/** With every target tried: goes on waiting while an answer may still come, else fails. */
export function settle(state: Dialing, at: MonoMs, before: readonly Effect[]): Transition {
  if (state.current !== undefined || state.verdict !== undefined) return transition(state, before);
  const { emergency, rules, startedAt } = state.facts;
  const awaited = state.fading.filter(({ cancel }) => cancel === 'no');
  const isHeard = awaited.some(({ progress }) => progress !== 'silent');
  const budgetLeftMs = rules.budgetMs - (at - startedAt);
  const heardMs = emergency ? LAST_ANSWER_MS : rules.progressTimeoutMs;
  const silentMs = emergency && awaited.length > 0 ? Math.max(0, budgetLeftMs) : 0;
  const delayMs = isHeard ? heardMs : silentMs;
  if (delayMs === 0) return fail(state, 'gateways-exhausted', before);
  const waits = { do: 'set-timer', name: 'last-answer', delayMs } as const;
  const { voice, effects: spoken } = speakOfHunt(state, at);
  if (!emergency || !isHeard || state.facts.times.ringing !== undefined) {
    return transition({ ...state, voice }, [...before, ...spoken, waits]);
  }
  const { facts, effects } = ring(state.facts, at);
  return transition({ ...state, facts, voice }, [...before, ...effects, ...spoken, waits]);
}

/** The callee's own answer, which no other gateway would change. */
function passRefusal(
  state: Dialing,
  { status, reason, headers, body }: EventOf<'b-refused'>,
  before: readonly Effect[],
): Transition {
  const why = reasonOfStatus(status);
  if (why === 'gateway-refused') return fail(state, why, before);
  const crossed = crossing(headers, state.facts.emergency);
  return finish(state, { why, says: { status, reason, headers: crossed, body } }, before);
}

/** The caller is told that nothing more can be done; no internal address is named. [6432-3] */
export function fail(state: Dialing, why: EndReason, before: readonly Effect[]): Transition {
  const last = state.facts.attempts.findLast(({ status }) => status >= 300);
  const status = why === 'callee-did-not-answer' ? 408 : 500;
  const cause = last === undefined ? [] : [reasonHeader(last.status, reasonPhrase(last.status))];
  const headers = [...cause, warning('landfall', wordsFor(why, state.facts))];
  const says = { status, reason: reasonPhrase(status), headers, body: NO_OCTETS };
  return part(state, { why, says }, before);
}

/** What each try came to, and no name or address of the inside. */
function wordsFor(why: EndReason, { attempts }: Facts): string {
  const words = WORDS[why] ?? why;
  if (why !== 'gateways-exhausted' || attempts.length === 0) return words;
  return `${words}: ${attempts.map(({ status }) => status || 'no answer').join(', ')}`;
}

const WORDS: Partial<Record<EndReason, string>> = {
  'gateways-exhausted': 'no gateway took the call',
  'gateway-refused': 'the gateway refused the call',
  'callee-did-not-answer': 'nobody answered',
  'media-failed': 'no media server took the call',
  'hung-up-at-shutdown': 'this site is shutting down',
};
