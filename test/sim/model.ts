import type { CallRecord } from '../../lib/call/record.ts';
import { judgeLegs } from './model-legs.ts';
import { judgeRecord } from './model-record.ts';
import {
  answersOf,
  type CallSeen,
  isAtOnce,
  isBefore,
  type LegSeen,
  type Mark,
} from './reading.ts';
import type { Witnessed } from './witness.ts';

export type Complain = (promise: string, what: string) => void;

/** What the site may be asked to do, in the words of its operator. */
export type Rules = {
  readonly gateways: number;
  /** Ordinary calls may be refused for want of room. */
  readonly isSmall: boolean;
  /** Callers whose firewall knows only A: the call stays where its INVITE came to. */
  readonly isSticky: boolean;
  /** How many early dialogs the callers cope with. */
  readonly earlyDialogs: 'each' | 'first';
  /** Gateways take few calls at once: an ordinary call may find all of them full. */
  readonly isTight: boolean;
  /** Gateways have their calls transferred. */
  readonly hasTransfers: boolean;
};

const TURN_MS_MIN = 700;
const TURN_MS_MAX = 2000;
const PROGRESS_MS = 4000;
const BUDGET_MS = 6000;
const THREE_MINUTES_MS = 180_000;
const HELD_MS_MAX = 4001;

/** Statuses with which an ordinary hunt goes on. */
const HUNT_ON = [408, 503];
/** The callee's own word: an ordinary caller hears it as it is. */
const CALLEES_WORD = [403, 404, 410, 480, 484, 486, 600, 603, 604, 607, 608];

/**
 * What each call should have come to, judged from the wire alone and written apart from the core:
 * the first 2xx that reached the site before the caller's CANCEL is the answer; a CANCEL that came
 * first is a 487; a failure must have its reasons.
 */
export function judgeCall(
  witnessed: Witnessed,
  call: CallSeen,
  record: CallRecord | undefined,
  rules: Rules,
  say: Complain,
): void {
  if (!isAtOnce(call.firstResponse, call.invited)) say('P4', 'its INVITE got no response at once');
  for (const what of call.otherFinals) say('P12', what);
  if (call.final === undefined) {
    say('P12', 'it never got a final response');
    return;
  }
  if (record?.reason === 'full') {
    if (call.emergency) say('P14', 'an emergency call was refused for want of room');
    if (!rules.isSmall) say('P14', 'there was room for it');
    if (call.legs.length > 0) say('P14', 'it was refused and placed');
    return;
  }
  judgeFinal(call, call.final, rules, say);
  if (call.emergency || !rules.isTight) judgeHunt(call, rules, say);
  judgeLegs(call, say);
  judgeRecord(witnessed, call, record, rules, say);
}

function judgeFinal(
  call: CallSeen,
  final: NonNullable<CallSeen['final']>,
  rules: Rules,
  say: Complain,
): void {
  const [first] = answersOf(call);
  const isAnswered = isBefore(first?.answer, final);
  const isCancelled = isBefore(call.cancelled, final);
  if (isAnswered && !(isCancelled && isBefore(call.cancelled, first?.answer))) {
    if (final.status !== 200) say('P4', `a gateway answered and the caller heard ${final.status}`);
    else if (!isInTurnOf(call, final, first?.answer)) say('P4', 'the answer came late');
    return;
  }
  if (isCancelled) {
    if (final.status !== 487) say('P2', `it was cancelled and heard ${final.status}`);
    else if (!isAtOnce(final, call.cancelled)) say('P4', 'the 487 came late');
    return;
  }
  if (final.status === 487) say('P12', '487 without a CANCEL');
  else if (final.status < 300) say('P12', `a ${final.status} that no gateway gave`);
  else if (call.emergency && !isLastWord(call, final))
    judgeEmergencyFailure(call, final, rules, say);
  else judgeOrdinaryFailure(call, final, rules, say);
}

/** To a caller who acknowledges what it hears before it, the answer may wait for that. [3262-3] */
function isInTurnOf(call: CallSeen, final: Final, answer: Mark | undefined): boolean {
  if (isAtOnce(final, answer)) return true;
  return call.isReliable && answer !== undefined && final.atMs - answer.atMs <= HELD_MS_MAX;
}

type Final = NonNullable<CallSeen['final']>;

/** A refusal with which a hunt goes on: a callee who is called back speaks for every carrier. */
function movesOn({ emergency, isOutwards }: CallSeen, status: number): boolean {
  return HUNT_ON.includes(status) || (emergency && !isOutwards);
}

function isLastWord(call: CallSeen, final: Final): boolean {
  return call.legs.some(
    ({ refused }) =>
      refused !== undefined && isAtOnce(refused, final) && !movesOn(call, refused.status),
  );
}

/** An emergency call fails when nobody is left who might answer. */
function judgeEmergencyFailure(call: CallSeen, final: Final, rules: Rules, say: Complain): void {
  if (final.status !== 500) say('P4', `an emergency call heard ${final.status}`);
  if (call.legs.length < rules.gateways) {
    say('P4', `an emergency call was given up after ${call.legs.length} gateways`);
  }
  for (const leg of call.legs) {
    if (isBefore(leg.refused, final) || isSurpassed(call, leg)) continue;
    const { heard, gateway } = leg;
    if (heard !== undefined && isBefore(heard, final)) {
      if (final.atMs - heard.atMs < THREE_MINUTES_MS) say('P4', `${gateway} was not waited for`);
      continue;
    }
    const turnMs = final.atMs - leg.invited.atMs;
    const huntMs = final.atMs - call.invited.atMs;
    if (turnMs < TURN_MS_MIN || huntMs < BUDGET_MS - 1) {
      say('P4', `${gateway} had ${turnMs} ms, the hunt ${huntMs} ms`);
    }
  }
}

/** Another gateway has rung meanwhile, so this one was given up for it. */
function isSurpassed({ legs }: CallSeen, leg: LegSeen): boolean {
  return legs.some(
    (other) => other !== leg && other.rang.some((rang) => isBefore(leg.invited, rang)),
  );
}

function judgeOrdinaryFailure(call: CallSeen, final: Final, rules: Rules, say: Complain): void {
  const { status } = final;
  const last = call.legs.find(
    ({ refused }) => isAtOnce(refused, final) && isBefore(refused, final),
  );
  const heard = last?.refused?.status;
  if (heard !== undefined && !HUNT_ON.includes(heard)) {
    const expected = CALLEES_WORD.includes(heard) ? heard : 500;
    // Where gateways may be full, the hunt may have ended before the refusal came.
    const mayBeOld = call.legs.length === rules.gateways || rules.isTight;
    if (status !== expected && !(status === 500 && mayBeOld)) {
      say('P4', `a gateway said ${heard}, the caller heard ${status}`);
    }
    return;
  }
  if (status === 408) {
    const isDue = ({ atMs }: Mark) => Math.abs(final.atMs - atMs - THREE_MINUTES_MS) < 1;
    // What rings may have to wait before the caller hears it. [3262-3]
    const rang = call.isReliable ? call.legs.flatMap((leg) => leg.rang) : call.rang;
    if (!rang.some(isDue)) say('P4', '408 before three minutes of ringing');
    return;
  }
  if (status !== 500) say('P4', `${status} that no gateway gave`);
  if (call.legs.length < rules.gateways && !rules.isTight) {
    say('P4', `given up after ${call.legs.length} gateways`);
  }
}

/** Each gateway that fails in its turn hands over to the next one, and no other does. */
function judgeHunt(call: CallSeen, rules: Rules, say: Complain): void {
  call.legs.forEach((leg, place) => {
    const next = call.legs[place + 1];
    const end = [call.final, call.cancelled].find((one) => isBefore(leg.invited, one));
    const untilMs = Math.min(call.final?.atMs ?? 0, end?.atMs ?? 0);
    const turnMs = (next?.invited.atMs ?? untilMs) - leg.invited.atMs;
    const isSilent = leg.heard === undefined && leg.refused === undefined;
    const mayWait = isSurpassed(call, leg) || place + 1 === rules.gateways;
    if (isSilent && leg.answers.length === 0 && !mayWait) {
      if (turnMs > TURN_MS_MAX + 1) say('P4', `${leg.gateway} was silent for ${turnMs} ms`);
    }
    if (place + 1 < rules.gateways) judgePatience(call, leg, next?.invited ?? call.final, say);
    if (isInTurn(call, leg, place)) judgeHandOver(call, leg, next, rules, say);
    const failed = isBefore(leg.refused, next?.invited);
    if (next === undefined || failed || anyRefusedAt(call, next)) return;
    if (turnMs < TURN_MS_MIN - 1) say('P1', `${next.gateway} was called after ${turnMs} ms`);
  });
}

/** A gateway that has said 100 in its turn and nothing since is given up after four seconds. */
function judgePatience(call: CallSeen, leg: LegSeen, until: Mark | undefined, say: Complain): void {
  const { heard, invited, rang, refused, answers, gateway } = leg;
  if (heard === undefined || heard.atMs - invited.atMs >= TURN_MS_MIN) return;
  if (isBefore(until, heard) || isSurpassed(call, leg)) return;
  const ends = [until, rang[0], refused, answers[0], call.cancelled];
  const endMs = Math.min(...ends.map((one) => one?.atMs ?? Number.POSITIVE_INFINITY));
  const waitedMs = endMs - heard.atMs;
  if (waitedMs > PROGRESS_MS + 1)
    say('P4', `${gateway} said 100 and was waited for ${Math.round(waitedMs)} ms`);
}

/** A refusal of a gateway that had rung before this one, in whose place nobody is left. */
function anyRefusedAt({ legs }: CallSeen, next: LegSeen): boolean {
  return legs.some(({ refused }) => isAtOnce(refused, next.invited));
}

/** Whether a refusal came from the gateway whose turn it was, and to a caller who still waits. */
function isInTurn(call: CallSeen, leg: LegSeen, place: number): boolean {
  const { refused, heard, invited, rang } = leg;
  if (refused === undefined || !isBefore(refused, call.final)) return false;
  if (isBefore(call.cancelled, refused) || place !== call.legs.length - 1) {
    const next = call.legs[place + 1];
    if (isBefore(call.cancelled, refused) || isBefore(next?.invited, refused)) return false;
  }
  if (call.legs.some((other) => other !== leg && isBefore(other.rang[0], refused))) return false;
  if (rang.length > 0) return (rang[0]?.atMs ?? 0) - invited.atMs < TURN_MS_MIN;
  if (heard === undefined) return refused.atMs - invited.atMs < TURN_MS_MIN;
  const isInTime = heard.atMs - invited.atMs < TURN_MS_MIN;
  return isInTime && refused.atMs - heard.atMs < PROGRESS_MS;
}

function judgeHandOver(
  call: CallSeen,
  { refused, gateway }: LegSeen,
  next: LegSeen | undefined,
  rules: Rules,
  say: Complain,
): void {
  if (refused === undefined) return;
  if (!movesOn(call, refused.status)) {
    if (!isAtOnce(call.final, refused)) say('P4', `${refused.status} did not end the call`);
    return;
  }
  if (call.legs.length === rules.gateways && next === undefined) return;
  if (!isAtOnce(next?.invited, refused)) say('P4', `nobody was called when ${gateway} refused`);
}
