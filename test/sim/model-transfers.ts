import type { Complain } from './model.ts';
import {
  acknowledgedMs,
  goneAt,
  isAwaited,
  offerIn,
  overAt,
  SILENT_MS,
  type Turn,
  turnsOf,
  wordOf,
} from './model-turns.ts';
import { answersOf, type CallSeen, isAtOnce, isBefore, type Mark } from './reading.ts';
import type { LaterLeg, ReferSeen, TransfersSeen } from './reading-transfers.ts';
import type { Seen, Witnessed } from './witness.ts';

/** Until a gateway that is called must have answered. */
const RINGS_MS = 180_000;
/** How often who asks something itself is asked once more. */
const GLARES_MAX = 4;
/** Of a group. */
const GATEWAYS_MAX = 3;
/** However a caller is asked, it is given up only after so long. */
const UNANSWERED_MS = 30_000;

/**
 * What a transfer owes to all who have to do with it, judged from the wire alone: to who asked for
 * it one last NOTIFY, to the caller somebody to talk with, to everybody else an end.
 */
export function judgeTransfers(
  { seen }: Witnessed,
  call: CallSeen,
  later: TransfersSeen,
  say: Complain,
): void {
  const turns = turnsOf(seen, call, later);
  for (const refer of later.refers) {
    judgeReply(refer, isFree(seen, call, later, refer), later, say);
    judgeNews(refer, seen, call, later, say);
  }
  for (const leg of later.legs) {
    if (leg.by === 'came') judgeJoin(leg, seen, call, later, say);
    const turn = turns.find(({ dialog }) => dialog.leg === leg);
    if (turn === undefined) judgeUnused(leg, seen, call, later, say);
    else judgeTaken(leg, turn, seen, say);
  }
  judgePlaced(call, later, say);
  judgeTurns(turns, call, later, seen, say);
  judgeGlare(seen, call, say);
}

/**
 * One gateway is called for each REFER; and for an emergency call that was left alone those that it
 * had first, each once for each time that it was.
 */
function judgePlaced(call: CallSeen, { refers, legs }: TransfersSeen, say: Complain): void {
  const placed = legs.filter(({ by }) => by === 'placed').length;
  const taken = refers.filter(({ answered }) => answered?.status === 202).length;
  const talked = [...call.legs, ...legs].flatMap(({ answers }) => answers);
  const left = talked.filter(({ byeIn }) => byeIn !== undefined).length;
  const more = call.emergency ? left * GATEWAYS_MAX : 0;
  if (placed < taken || placed > taken + more)
    say('transfer', `${taken} REFERs were taken and ${placed} gateways called`);
}

/** Who is asked to have its caller back, and asks something itself, is asked once more. */
function judgeGlare(seen: readonly Seen[], call: CallSeen, say: Complain): void {
  const glares = new Set<string>();
  seen.forEach(({ way, side, message, atMs }, index) => {
    if (way !== 'in' || side !== 'b' || message.kind !== 'response') return;
    if (message.cseq.method !== 'INVITE' || message.status !== 491) return;
    glares.add(message.via.branch ?? '');
    const isEnd = isAtOnce(call.byeOut, { index, atMs }) && !isBefore(call.byeOut, { index, atMs });
    if (isEnd && glares.size <= GLARES_MAX) say('transfer', 'glare has ended the call');
  });
}

/** What a REFER may hear, by what it says. */
function judgeReply(
  { to, answered }: ReferSeen,
  isSure: boolean,
  { legs }: TransfersSeen,
  say: Complain,
) {
  const status = answered?.status ?? 0;
  const isGood = to.length === 1 && !to[0]?.includes('10.66.6.6');
  const wanted = isGood ? 202 : to.length === 1 ? 603 : 400;
  // It is too early or too late, or came in the place of another request.
  if (status !== wanted && (isSure || ![491, 481, 500].includes(status)))
    say('transfer', `its REFER got ${status}`);
  const called = legs.some(({ by, invited }) => by === 'placed' && isAtOnce(invited, answered));
  if (status === 202 && !called) say('transfer', 'a REFER was taken and nobody was called');
}

/** Whose INVITE names the one that talks, and makes an offer, has the caller asked at once. */
function judgeJoin(
  leg: LaterLeg,
  seen: readonly Seen[],
  call: CallSeen,
  later: TransfersSeen,
  say: Complain,
): void {
  const { replaces, offer, refused, invited, callId, gateway } = leg;
  const status = refused?.status;
  const [first] = answersOf(call);
  const tag = first?.answer.tag ?? '';
  const isTalking = replaces.startsWith(`${first?.leg.callId};`) && replaces.endsWith(`=${tag}`);
  if (replaces.startsWith('no-') && status !== 481)
    say('transfer', `${gateway} named no dialog and got ${status}`);
  if (!isTalking || !isFree(seen, call, later, { callId, number: 1, sent: invited, tag })) return;
  const offered = later.offers.find(({ body }) => body === offer);
  if (offer === '' && status !== 488) say('transfer', `${gateway} made no offer and got ${status}`);
  if (offer !== '' && !isAtOnce(offered?.begun, invited))
    say('transfer', `the offer of ${gateway} did not reach the caller`);
}

/** Nobody but the first gateway has talked, and nothing of any session was open or has moved. */
function isFree(
  seen: readonly Seen[],
  { acked, final, legs }: CallSeen,
  later: TransfersSeen,
  { callId, tag, number, sent }: Pick<ReferSeen, 'callId' | 'tag' | 'number' | 'sent'>,
): boolean {
  if (final?.status !== 200 || !isBefore(acked, sent) || acked === undefined) return false;
  if (later.legs.some(({ callId: other, invited }) => other !== callId && isBefore(invited, sent)))
    return false;
  if (
    legs.some(({ answers }) => answers.some((one) => one.tag === tag && isBefore(one.byeOut, sent)))
  )
    return false;
  return !seen.slice(0, sent.index).some(({ message }) => {
    if (message.kind !== 'request') return false;
    const isLater = message.callId === callId && message.cseq.number > number;
    const isChange = message.method === 'INVITE' && message.to.tag !== undefined;
    return isLater || isChange || (message.method === 'BYE' && message.to.tag !== 'fork');
  });
}

/** Who sent a REFER is told once what it came to, unless it has hung up or nobody is there. */
function judgeNews(
  refer: ReferSeen,
  seen: readonly Seen[],
  call: CallSeen,
  later: TransfersSeen,
  say: Complain,
): void {
  const { answered, told, number } = refer;
  const [last, ...more] = told.filter(({ isLast }) => isLast);
  if (more.length > 0) say('transfer', `REFER ${number} has ${told.length} last NOTIFYs`);
  if (answered?.status !== 202) {
    if (told.length > 0) say('transfer', `a REFER that got ${answered?.status} has NOTIFYs`);
    return;
  }
  if (!told.some((one) => one.status === 100 && isAtOnce(one, answered)))
    say('transfer', `REFER ${number} has no NOTIFY at once`);
  if (told.some((one) => isBefore(last, one)))
    say('transfer', `REFER ${number} has a NOTIFY after the last one`);
  const leg = later.legs.find(({ by, invited }) => by === 'placed' && isAtOnce(invited, answered));
  if (leg === undefined) return;
  const due = dueOf(leg, seen, later);
  const left = [leftAt(seen, refer), overAt(call)].find((one) => isBefore(one, due));
  if (left !== undefined) {
    if (last !== undefined && !isBefore(last, left)) say('transfer', 'who has left was told');
    if (last === undefined || isBefore(left, last)) return;
  }
  if (due !== undefined && isAtOnce(last, due)) {
    if (!due.statuses.includes(last?.status ?? 0))
      say('transfer', `REFER ${number} came to ${due.statuses.join(' ')}, told ${last?.status}`);
    return;
  }
  if (last === undefined) say('transfer', `REFER ${number} has no last NOTIFY`);
  else if (!isInTime(last, leg, seen, later))
    say('transfer', `REFER ${number} was told ${last.status} at ${last.atMs}`);
}

type Due = Mark & { readonly statuses: readonly number[] };

/** What ends a transfer on the wire, and what may be told of it; undefined: nothing did. */
function dueOf(leg: LaterLeg, seen: readonly Seen[], later: TransfersSeen): Due | undefined {
  const { refused } = leg;
  if (refused !== undefined) return { ...refused, statuses: [refused.status] };
  const word = wordOf(seen, leg, later);
  if (word === undefined) return undefined;
  const isGone = isBefore(goneAt(leg), word);
  const statuses = word.status < 300 && isGone ? [487] : [word.status];
  return { ...word, statuses };
}

/** What ends it without a word of its own: silence, or its BYE while the caller waits. */
function isInTime(
  last: Mark & { readonly status: number },
  leg: LaterLeg,
  seen: readonly Seen[],
  { offers }: TransfersSeen,
): boolean {
  if (last.status === 487) return isAtOnce(last, goneAt(leg)) || isGlare(last, leg);
  if (last.status === 491) return isGlare(last, leg);
  if (last.status !== 408) return false;
  const offer = offers.find(({ body }) => body === offerIn(seen, leg));
  if (offer !== undefined) return last.atMs - offer.begun.atMs >= UNANSWERED_MS;
  const isAfter = (at: Mark | undefined, ms: number) =>
    at !== undefined && Math.abs(last.atMs - at.atMs - ms) < 1;
  if (!isBefore(leg.heard, last)) return isAfter(leg.invited, SILENT_MS);
  return [leg.heard, ...leg.rang].some((at) => isAfter(at, RINGS_MS));
}

/** Who is gone is not asked about once more. */
function isGlare(last: Mark, leg: LaterLeg): boolean {
  return isBefore(goneAt(leg), last);
}

/** When who sent that REFER has left its dialog, or was hung up. */
function leftAt(seen: readonly Seen[], { callId, tag }: ReferSeen): Mark | undefined {
  const index = seen.findIndex(
    ({ way, message }) =>
      message.kind === 'request' &&
      message.method === 'BYE' &&
      message.callId === callId &&
      (way === 'in' ? message.from : message.to).tag === tag,
  );
  const bye = seen[index];
  return bye === undefined ? undefined : { index, atMs: bye.atMs };
}

/** Whoever does not take over is left with nothing. */
function judgeUnused(
  leg: LaterLeg,
  seen: readonly Seen[],
  call: CallSeen,
  later: TransfersSeen,
  say: Complain,
): void {
  const { by, answers, gateway, refused, heard, cancelled } = leg;
  if (by === 'came') {
    if (answers.length > 0) say('transfer', `${gateway} was let in that nobody talks with`);
    else if (refused === undefined) say('P12', `the INVITE of ${gateway} got no final`);
    return;
  }
  for (const { acked, byeIn, byeOut } of answers) {
    if (acked === undefined) say('P12', `the 200 of ${gateway} got no ACK`);
    if (byeIn === undefined && byeOut === undefined) say('P12', `${gateway} was not hung up`);
  }
  if (answers.length > 0 || refused !== undefined || heard === undefined) return;
  if (cancelled === undefined) say('P2', `${gateway} was left ringing`);
  if (isBefore(cancelled, heard)) say('P2', `${gateway} got a CANCEL before it had said anything`);
  void [seen, call, later];
}

/** Whoever takes over has the answer of the caller at once. */
function judgeTaken(
  leg: LaterLeg,
  { since, dialog: { answer } }: Turn,
  seen: readonly Seen[],
  say: Complain,
): void {
  const { by, gateway } = leg;
  const mark = by === 'came' ? answer : answer.acked;
  if (!isAtOnce(mark, since)) say('transfer', `${gateway} was not told what the caller answered`);
  const told = mark === undefined ? undefined : seen[mark.index]?.message.body;
  if (told !== seen[since.index]?.message.body)
    say('transfer', `${gateway} was told another answer than the caller's`);
}

/** One talks after the other, each to its end, and the last one until the call is over. */
function judgeTurns(
  turns: readonly Turn[],
  call: CallSeen,
  later: TransfersSeen,
  seen: readonly Seen[],
  say: Complain,
): void {
  const over = overAt(call);
  turns.forEach(({ dialog: { leg, answer } }, place) => {
    const until = turns[place + 1]?.since ?? over;
    const { acked, byeIn, byeOut } = answer;
    if (byeIn === undefined && byeOut === undefined) say('P12', `${leg.gateway} was not hung up`);
    if (isBefore(byeOut, until) && !isAtOnce(byeOut, until))
      say('transfer', `${leg.gateway} was hung up before another one talked`);
    const hasLeft = isBefore(byeIn, until);
    // Who has called is not hung up before it has acknowledged. [3261-15]
    const isOwed =
      later.legs.some((one) => one === leg && one.by === 'came') && !isBefore(acked, until);
    if (!hasLeft && !isOwed && until !== undefined && !isAtOnce(byeOut, until))
      say('transfer', `${leg.gateway} was not hung up when another one talked`);
    if (!hasLeft || byeIn === undefined || isAwaited(byeIn, later, seen)) return;
    // The caller is not hung up before it has acknowledged.
    const dueMs = Math.max(byeIn.atMs, acknowledgedMs(call));
    if (until !== undefined && until.atMs <= dueMs + 1) return;
    say('P12', `the BYE of ${leg.gateway} did not cross`);
  });
}
