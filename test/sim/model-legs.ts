import type { Complain } from './model.ts';
import {
  type Answered,
  answersInAck,
  answersOf,
  type CallSeen,
  isAtOnce,
  isBefore,
  type LegSeen,
  type Mark,
} from './reading.ts';

/** Without an ACK the 2xx is repeated for so long, and only then a BYE goes out. */
const ACK_MS_MAX = 32_000;

/** What is owed to each gateway: CANCEL when it is not wanted, ACK for a 2xx, and one BYE. */
export function judgeLegs(call: CallSeen, say: Complain): void {
  const [first] = answersOf(call);
  const isAnswered = call.final?.status === 200;
  const unwanted = unwantedSince(call, isAnswered ? first?.leg : undefined);
  for (const leg of call.legs) judgeCancel(call, leg, unwanted.get(leg), say);
  for (const { leg, answer } of answersOf(call)) {
    const isBridged = isAnswered && answer === first?.answer;
    if (answer.acked === undefined) say('P12', `the 200 of ${leg.gateway} got no ACK`);
    if (isBridged) judgeBridge(call, answer, say);
    else if (!isAtOnce(answer.byeOut, answer) && !isBefore(answer.byeIn, answer.byeOut)) {
      say(isBefore(call.cancelled, answer) ? 'P2' : 'P12', `${leg.gateway} was not hung up`);
    }
  }
}

/** The gateway that rings is wanted, all others are not; with the caller's final none is. */
function unwantedSince(call: CallSeen, bridged: LegSeen | undefined): Map<LegSeen, Mark> {
  const since = new Map<LegSeen, Mark>();
  const drop = (at: Mark, kept: LegSeen | undefined) => {
    for (const leg of call.legs) {
      if (leg !== kept && isBefore(leg.invited, at) && !since.has(leg)) since.set(leg, at);
    }
  };
  const rings = call.legs
    .flatMap((leg) => leg.rang.map((rang) => ({ leg, rang })))
    .sort((one, other) => one.rang.index - other.rang.index);
  for (const { leg, rang } of rings) {
    if (isBefore(rang, call.final) && !since.has(leg)) drop(rang, leg);
  }
  if (call.final !== undefined) drop(call.final, bridged);
  return since;
}

/** CANCEL goes out as soon as the gateway is unwanted and has been heard. [3261-9.1] */
function judgeCancel(
  call: CallSeen,
  leg: LegSeen,
  unwanted: Mark | undefined,
  say: Complain,
): void {
  const { cancelled, heard, gateway } = leg;
  if (cancelled !== undefined && heard === undefined) {
    say('P2', `${gateway} got a CANCEL before it had said anything`);
  }
  if (unwanted === undefined) {
    if (cancelled !== undefined) say('P1', `${gateway} was cancelled though it was wanted`);
    return;
  }
  const over = leg.answers[0] ?? leg.refused;
  if (heard === undefined || isBefore(over, unwanted) || isAtOnce(over, heard)) return;
  const due = isBefore(heard, unwanted) ? unwanted : heard;
  if (isAtOnce(cancelled, due)) return;
  const promise = isBefore(call.cancelled, due) ? 'P2' : 'P1';
  say(promise, `${gateway} was left ringing from ${due.atMs}, CANCEL ${cancelled?.atMs}`);
}

/** The first BYE of an answered call crosses at once; to the caller not before its ACK. */
function judgeBridge(call: CallSeen, answer: Answered, say: Complain): void {
  const { final, acked, byeIn, byeOut } = call;
  if (final === undefined) return;
  judgeUnacknowledged(call, answer, final, say);
  const isLate = answersInAck(call);
  if (!isLate && !isAtOnce(answer.acked, answer)) say('P12', 'the ACK to the gateway came late');
  if (isLate && isBefore(acked, byeIn) && !isAtOnce(answer.acked, acked)) {
    if (!isBefore(answer.byeIn, acked) && !isBefore(answer.byeOut, acked)) {
      say('P13', 'the answer of a late offer did not cross with its ACK');
    }
  }
  // Another one may talk by then.
  if (call.later !== undefined) return;
  if (byeIn !== undefined && isBefore(byeIn, answer.byeIn) && isBefore(byeIn, answer.byeOut)) {
    if (!isAtOnce(answer.byeOut, byeIn)) say('P12', "the caller's BYE did not cross");
  }
  if (answer.byeIn === undefined || !isBefore(answer.byeIn, byeIn)) return;
  if (!isBefore(answer.byeIn, byeOut) || isBefore(answer.byeOut, answer.byeIn)) return;
  const ackedMs = Math.min(acked?.atMs ?? Number.POSITIVE_INFINITY, final.atMs + ACK_MS_MAX);
  const dueMs = Math.max(ackedMs, answer.byeIn.atMs);
  if (byeOut !== undefined && Math.abs(byeOut.atMs - dueMs) < 1) return;
  if (byeIn === undefined || byeIn.atMs > dueMs) say('P12', "the callee's BYE did not cross");
}

/** A caller who never acknowledges is hung up, but for an emergency call that has its media. */
function judgeUnacknowledged(call: CallSeen, answer: Answered, final: Mark, say: Complain): void {
  if (call.emergency && !answersInAck(call)) return;
  const dueMs = final.atMs + ACK_MS_MAX;
  if ([call.acked, call.byeIn, answer.byeIn].some((one) => (one?.atMs ?? dueMs) < dueMs)) return;
  for (const bye of [call.byeOut, answer.byeOut]) {
    if (Math.abs((bye?.atMs ?? 0) - dueMs) > 1) say('P12', 'a call without ACK was not hung up');
  }
}
