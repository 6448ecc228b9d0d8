import type { CallRecord } from '../../lib/call/record.ts';
import {
  type Answered,
  answersOf,
  type CallSeen,
  isBefore,
  type LegSeen,
  type Mark,
} from './reading.ts';
import type { LaterLeg, OfferSeen, TransfersSeen } from './reading-transfers.ts';
import type { Seen } from './witness.ts';

type Dialog = { readonly leg: LegSeen; readonly answer: Answered };

/** Who talks with the caller, and since when. */
export type Turn = { readonly since: Mark; readonly dialog: Dialog };

/** What the caller has said to the offer of a gateway that was to take over. */
export type Word = Mark & { readonly status: number; readonly body: string };

/** How often a caller whose own re-INVITE is open is asked again. */
const RETRIES_MAX = 4;
const ACK_MS_MAX = 32_000;
/** Until a gateway that is called must have said anything. */
export const SILENT_MS = 2000;

/** Who talks with the caller, one after the other: each made the offer that it agreed to. */
export function turnsOf(seen: readonly Seen[], call: CallSeen, later: TransfersSeen): Turn[] {
  const [first] = answersOf(call);
  if (first === undefined || call.final?.status !== 200) return [];
  const turns: Turn[] = [{ since: call.final, dialog: first }];
  for (const leg of later.legs) {
    const word = wordOf(seen, leg, later);
    const answer = leg.answers[0];
    if (word === undefined || word.status >= 300 || answer === undefined) continue;
    if (isBefore(goneAt(leg), word) || isBefore(overAt(call), word)) continue;
    turns.push({ since: word, dialog: { leg, answer } });
  }
  return turns.sort((one, other) => one.since.index - other.since.index);
}

/** The caller has hung up, or was hung up. */
export function overAt({ byeIn, byeOut }: CallSeen): Mark | undefined {
  return isBefore(byeIn, byeOut) ? byeIn : byeOut;
}

/** It has hung up, or has taken its INVITE back. */
export function goneAt(leg: LaterLeg): Mark | undefined {
  const bye = leg.answers[0]?.byeIn;
  if (leg.by === 'placed') return bye;
  return isBefore(leg.cancelled, bye) ? leg.cancelled : bye;
}

/** The caller's last word on what that gateway offers; undefined: it was asked for none. */
export function wordOf(
  seen: readonly Seen[],
  leg: LaterLeg,
  { offers }: TransfersSeen,
): Word | undefined {
  return lastWord(offers.find(({ body }) => body === offerIn(seen, leg)));
}

/** The SDP that a gateway offers to take over with; undefined: it has made none. */
export function offerIn(seen: readonly Seen[], { by, offer, answers }: LaterLeg) {
  if (by === 'came') return offer;
  const [answer] = answers;
  return answer === undefined ? undefined : seen[answer.index]?.message.body;
}

/** Glare is no word, unless it has not cleared for too long. */
function lastWord(offer: OfferSeen | undefined): Word | undefined {
  const finals = offer?.finals ?? [];
  const glares = (offer?.finals ?? []).filter(
    ({ status, branch }, place, all) =>
      status === 491 && all.findIndex((one) => one.branch === branch) === place,
  );
  return finals.find(({ status }) => status !== 491) ?? glares[RETRIES_MAX];
}

/** Until then the caller is not hung up. */
export function acknowledgedMs({ acked, final }: CallSeen): number {
  return Math.min(acked?.atMs ?? Number.POSITIVE_INFINITY, (final?.atMs ?? 0) + ACK_MS_MAX);
}

/** Whether somebody was about to take over then. */
export function isAwaited(
  at: Mark | undefined,
  later: TransfersSeen,
  seen: readonly Seen[],
): boolean {
  return later.legs.some((leg) => {
    const { invited, heard, refused, cancelled, by } = leg;
    if (at === undefined || !isBefore(invited, at)) return false;
    const offer = later.offers.find(({ body }) => body === offerIn(seen, leg));
    if (offer !== undefined) {
      const end = isGoneInTurn(offer, leg) ? goneAt(leg) : lastWord(offer);
      return !isBefore(end, at);
    }
    const silentMs = (heard?.atMs ?? Number.POSITIVE_INFINITY) - invited.atMs;
    const isGivenUp = silentMs >= SILENT_MS && at.atMs - invited.atMs >= SILENT_MS;
    const end = by === 'placed' && isBefore(cancelled, refused) ? cancelled : refused;
    return !isGivenUp && !isBefore(end, at);
  });
}

/** It was gone before the caller was asked once more, so that it was not asked. */
function isGoneInTurn({ finals }: OfferSeen, leg: LaterLeg): boolean {
  const gone = goneAt(leg);
  const before = finals.filter((one) => isBefore(one, gone));
  const known = before.map(({ branch }) => branch);
  const isAsked = finals.some((one) => !isBefore(one, gone) && !known.includes(one.branch));
  return gone !== undefined && before.at(-1)?.status === 491 && !isAsked;
}

/** How the call ended, as far as the wire alone can say it. */
export function endOfTurns(
  seen: readonly Seen[],
  call: CallSeen,
  later: TransfersSeen,
): CallRecord['reason'] | undefined {
  const { byeIn, gone, final } = call;
  const over = overAt(call);
  const theirs = turnsOf(seen, call, later).at(-1)?.dialog.answer.byeIn;
  if (over === undefined || isBefore(gone, over)) return undefined;
  if (byeIn === over && !isBefore(theirs, over)) return 'caller-hung-up';
  if (theirs === undefined || acknowledgedMs(call) >= (final?.atMs ?? 0) + ACK_MS_MAX)
    return undefined;
  // It was hung up before, since it would not have its caller back.
  if (byeIn !== over && isBefore(over, theirs)) return undefined;
  if (isAwaited(theirs, later, seen)) return byeIn === over ? 'caller-hung-up' : 'transfer-failed';
  return 'callee-hung-up';
}
