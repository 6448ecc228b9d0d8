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
  const glares = finals.filter(({ status }) => status === 491);
  return finals.find(({ status }) => status !== 491) ?? glares[RETRIES_MAX];
}
