import type { CallRecord } from '../../lib/call/record.ts';
import type { Complain, Rules } from './model.ts';
import { endOfTurns } from './model-turns.ts';
import { CALLING_GATEWAY } from './outwards.ts';
import {
  answersInAck,
  answersOf,
  type CallSeen,
  isBefore,
  type LegSeen,
  type Mark,
} from './reading.ts';
import type { LaterLeg } from './reading-transfers.ts';
import type { Seen, Witnessed } from './witness.ts';

const A_DOOR = '192.0.2.112:5060';
const ACK_PATIENCE_MS = 32_000;

/** The record tells what the wire has shown, in the order in which it happened. */
export function judgeRecord(
  { seen }: Witnessed,
  call: CallSeen,
  record: CallRecord | undefined,
  rules: Rules,
  say: Complain,
): void {
  if (record === undefined) {
    say('P12', 'it has no record');
    return;
  }
  const { invite, trying, ringing, answered, acked, ended } = record.times;
  const times = [invite, trying, ringing, answered, acked, ended].filter((at) => at !== undefined);
  if (times.some((at, place) => at < (times[place - 1] ?? 0))) {
    say('P12', `the times of its record are not in order: ${times.join(' ')}`);
  }
  if (record.status !== call.final?.status) say('P12', `its record says ${record.status}`);
  judgeTimes(call, record, say);
  judgeAttempts(call, record, say);
  const expected = endOf(call, seen);
  if (expected !== undefined && record.reason !== expected) {
    say('P12', `its record says ${record.reason}, the wire ${expected}`);
  }
  const gateway = call.isOutwards ? CALLING_GATEWAY : undefined;
  if (record.fromGateway !== gateway) say('P12', `its record is of ${record.fromGateway}`);
  if (call.isOutwards && record.moved !== undefined) say('P12', `it has ${record.moved}`);
  if (call.final?.status === 200 && !call.isOutwards) judgeMoved(call, record, rules, say);
}

function judgeTimes(
  { rang, final, acked, invited, isReliable }: CallSeen,
  record: CallRecord,
  say: Complain,
) {
  const isAnswered = final?.status === 200;
  const isAfter = (at: number | undefined, mark: Mark | undefined) =>
    at === undefined
      ? mark === undefined
      : mark !== undefined && Math.abs(at - record.times.invite - (mark.atMs - invited.atMs)) <= 1;
  if (!isAfter(record.times.ringing, rang[0])) say('P12', 'its record has another ringing');
  // What the gateway has answered may have waited for a PRACK.
  const mayHaveWaited = isReliable && isAnswered && record.times.answered !== undefined;
  if (!mayHaveWaited && !isAfter(record.times.answered, isAnswered ? final : undefined)) {
    say('P12', 'its record has another answer');
  }
  if (record.times.acked !== undefined && !isAfter(record.times.acked, acked)) {
    say('P12', 'its record has another ACK');
  }
}

/** One attempt a leg b, in their order, each with what its gateway had said by then. */
function judgeAttempts(call: CallSeen, record: CallRecord, say: Complain): void {
  const { invited } = call;
  const endedAtMs = invited.atMs + record.durationMs;
  const legs = attemptsOf(call, record);
  const told = record.attempts.map(({ target }) => target).join(' ');
  const seen = legs.map(({ gateway }) => gateway).join(' ');
  if (told !== seen) say('P12', `its record tells of ${told || 'nobody'}, the wire of ${seen}`);
  if (record.sipCallIdB.join(' ') !== legs.map(({ callId }) => callId).join(' ')) {
    say('P12', 'its record names other legs b');
  }
  record.attempts.forEach(({ status, target }, place) => {
    const leg = legs[place];
    const said = [0, 408, 503, leg?.lastStatus, ...(leg?.answers.length === 0 ? [] : [200])];
    if (!said.includes(status)) say('P12', `its record has ${status} of ${target}`);
    const isOver = leg?.refused !== undefined && leg.refused.atMs < endedAtMs - 1;
    if (isOver && status === 0) say('P12', `its record misses the answer of ${target}`);
  });
}

/** Who names a dialog that is over, or not there, is no part of the call. */
function attemptsOf({ legs, later }: CallSeen, { sipCallIdB }: CallRecord): readonly LegSeen[] {
  const isOutside = ({ by, callId, refused }: LaterLeg) =>
    by === 'came' && refused?.status === 481 && !sipCallIdB.some((one) => one === callId);
  return [...legs, ...(later?.legs.filter((leg) => !isOutside(leg)) ?? [])];
}

/** How the call ended, as far as the wire alone can say it. */
function endOf(call: CallSeen, seen: readonly Seen[]): CallRecord['reason'] | undefined {
  const { final, byeIn, acked, emergency } = call;
  if (call.later !== undefined) return endOfTurns(seen, call, call.later);
  if (final === undefined) return undefined;
  if (final.status === 487) return 'caller-cancelled';
  if (final.status !== 200) return undefined;
  const [first] = answersOf(call);
  const theirs = first?.answer.byeIn;
  const end = isBefore(byeIn, theirs) ? byeIn : theirs;
  const heard = Math.min(
    acked?.atMs ?? Number.POSITIVE_INFINITY,
    end?.atMs ?? Number.POSITIVE_INFINITY,
  );
  const isPatient = emergency && !answersInAck(call);
  if (!isPatient && heard >= final.atMs + ACK_PATIENCE_MS) return 'caller-never-acknowledged';
  if (isBefore(call.gone, end)) return call.gone?.side === 'a' ? 'caller-lost' : 'gateway-lost';
  if (end === undefined) return undefined;
  return end === byeIn ? 'caller-hung-up' : 'callee-hung-up';
}

/** Where the caller's first word after the answer went. */
function judgeMoved(
  { acked, byeIn, invited }: CallSeen,
  { moved, times, durationMs }: CallRecord,
  rules: Rules,
  say: Complain,
): void {
  // What comes after the end is too late for the record.
  const isInTime = byeIn !== undefined && byeIn.atMs - invited.atMs <= durationMs + 1;
  const bye = isInTime ? byeIn : undefined;
  const doors = [times.acked === undefined ? undefined : acked, bye].filter(
    (one) => one !== undefined,
  );
  if (doors.length === 0) return;
  const isStayed = doors.some(({ door }) => door === A_DOOR);
  const isMoved = doors.some(({ door }) => door !== A_DOOR);
  const allowed = rules.isSticky
    ? ['sticky']
    : [isStayed ? 'stayed' : undefined, isMoved ? 'moved' : undefined];
  if (!allowed.includes(moved)) say('P12', `its record says ${moved}`);
}
