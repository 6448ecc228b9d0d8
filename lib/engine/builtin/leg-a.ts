import type { Octets } from '../../base/brands.ts';
import { detached } from '../../base/detached.ts';
import type { InviteResponse } from '../../ports/sip-engine.ts';
import type { Tag, UriText } from '../../sip/ids.ts';
import type { SipRequest } from '../../sip/message.ts';
import { T1_MS } from '../../sip/timer-values.ts';
import { awaitAck, lingerA } from './answered-a.ts';
import { answer } from './answers.ts';
import type { Arrival } from './arrival.ts';
import { askedByThem } from './asked.ts';
import { closeEarly, forgetWithin } from './close-within.ts';
import type { Core } from './core.ts';
import { type DialogA, dialogNamed, type Flow, type LegA } from './legs.ts';
import { isBehindNat, stopPinhole } from './pinhole.ts';
import { uasDialog } from './proto/dialog.ts';
import { dialogKey } from './proto/match.ts';
import {
  isAcknowledgedBy,
  isToBeAcknowledged,
  keepWaiting,
  mustWait,
  reliableFor,
  sayReliably,
  stopReliable,
  takeWaiting,
} from './reliable.ts';
import { respond, TRYING } from './respond.ts';
import { keepRinging, stopRinging } from './ringing.ts';
import type { InviteServer, ServerTransaction } from './server-transactions.ts';
import { acceptSession, wantedIn } from './sessions.ts';

/** Takes a new call: 100 at once, and then it is the node's. [3261-17.2.1] */
export function openLegA(core: Core, transaction: InviteServer, arrival: Arrival): void {
  const { request, wire, receivedOn, raw } = arrival;
  const leg: LegA = {
    side: 'a',
    id: core.serials.leg(),
    number: request.cseq.number,
    phase: { tag: 'pending', invite: request, transactions: [transaction] },
    door: wire,
    flow: { wire, to: receivedOn.source },
    isBehindNat: isBehindNat(arrival),
    mayTransfer: undefined,
    pinhole: undefined,
    dialogs: [],
    ringing: undefined,
    said: undefined,
    reliable: reliableFor(core, request.headers),
    copies: [],
  };
  transaction.leg = leg;
  core.legsA.set(leg.id, leg);
  core.servers.respond(transaction, TRYING);
  core.news.push({ what: 'invite', invite: { leg: leg.id, request, receivedOn, raw } });
}

/** Sends 101 to 199. [3261-13.3.1.1] */
export function ringA(core: Core, leg: LegA, response: InviteResponse): void {
  if (leg.phase.tag !== 'pending') return;
  if (mustWait(leg, response)) {
    keepWaiting(core, leg, response, () => sayAll(core, leg));
    return;
  }
  const { invite, transactions } = leg.phase;
  dialogOf(core, leg, invite, response.tag);
  if (isToBeAcknowledged(leg, response)) sayReliably(core, leg, response, () => sayAll(core, leg));
  else {
    leg.said = response;
    for (const transaction of transactions) respond(core, transaction, response);
  }
  keepRinging(core, leg);
}

/** Takes the caller's PRACK, which the node hears of if it speaks of the session. [3262-3] */
export function acknowledgedEarlyA(
  core: Core,
  entry: DialogA,
  transaction: ServerTransaction,
  arrival: Arrival,
): void {
  const { headers, body } = arrival.request;
  if (!isAcknowledgedBy(core, entry.leg, headers)) {
    answer(core, transaction, { status: 481 });
    return;
  }
  if (body === '') answer(core, transaction, { status: 200 });
  else askedByThem(core, entry, transaction, arrival);
  say(core, entry.leg, takeWaiting(core, entry.leg));
}

/** A 2xx that waits for a PRACK leaves now: something is there that has to find it said. */
export function answerNow(core: Core, leg: LegA): void {
  if (leg.reliable?.held !== undefined) sayAll(core, leg);
}

/** Nothing waits for a PRACK any more. */
function sayAll(core: Core, leg: LegA): void {
  const waiting = takeWaiting(core, leg);
  stopReliable(core, leg);
  say(core, leg, waiting);
}

/** What has waited for a PRACK is said, as far as it does not have to wait again. */
function say(core: Core, leg: LegA, waiting: readonly InviteResponse[]): void {
  for (const response of waiting) {
    if (response.status < 200) ringA(core, leg, response);
    else answerA(core, leg, response);
  }
}

/** Sends a 2xx and repeats it, from T1 on at growing intervals, until its ACK. [3261-13.3.1.4] */
export function answerA(core: Core, leg: LegA, response: InviteResponse): void {
  if (leg.phase.tag !== 'pending') return;
  if (mustWait(leg, response)) {
    keepWaiting(core, leg, response, () => sayAll(core, leg));
    return;
  }
  const { invite, transactions } = leg.phase;
  const entry = dialogOf(core, leg, invite, response.tag);
  leg.phase = { tag: 'final' };
  stopRinging(core, leg);
  stopReliable(core, leg);
  closeEarly(core, leg.dialogs, entry);
  leg.flow = flowFrom(core, leg, response.contact);
  acceptSession(core, entry, wantedIn(core, entry, invite.headers), response);
  leg.said = standingAlone(response);
  leg.mayTransfer = response.mayTransfer;
  const [copy, ...copies] = transactions.flatMap((one) => respond(core, one, response));
  if (copy === undefined) throw new Error(`leg ${leg.id} has no INVITE to answer`);
  leg.copies.push(...copies);
  const repeat = { intervalMs: T1_MS, waitedMs: 0, ...copy };
  awaitAck(core, entry, repeat, T1_MS, undefined);
}

/** It is kept for longer than what the gateway's response has come in. */
function standingAlone(response: InviteResponse): InviteResponse {
  const headers = response.headers.map(({ name, written, value }) => {
    return { name, written, value: detached(value) };
  });
  return { ...response, headers, body: detached(response.body) as Octets };
}

/** Sends 300 to 699. */
export function rejectA(core: Core, leg: LegA, response: InviteResponse): void {
  if (leg.phase.tag !== 'pending') return;
  leg.said = undefined;
  stopRinging(core, leg);
  stopReliable(core, leg);
  closeEarly(core, leg.dialogs);
  for (const transaction of leg.phase.transactions) respond(core, transaction, response);
  lingerA(core, leg);
}

/** Its INVITE is answered elsewhere: if it comes again it is a new one. */
export function handOverA(core: Core, leg: LegA): void {
  if (leg.phase.tag !== 'pending') return;
  for (const transaction of leg.phase.transactions) core.servers.drop(transaction);
  stopRinging(core, leg);
  stopReliable(core, leg);
  for (const { key } of leg.dialogs) core.dialogs.delete(key);
  core.legsA.delete(leg.id);
}

/** Until it speaks again the caller expects our requests from where its own now go. */
function flowFrom(core: Core, { flow }: LegA, contact: UriText | undefined): Flow {
  const wire = contact === undefined ? undefined : core.wires.behind(contact);
  return wire === undefined ? flow : { wire, to: flow.to };
}

/** The dialog of one To-tag of ours: to the caller, each tag is another callee. [3261-12.1] */
function dialogOf(core: Core, leg: LegA, invite: SipRequest, tag: Tag): DialogA {
  const known = dialogNamed(leg.dialogs, tag);
  if (known !== undefined) return known;
  const key = dialogKey(invite.callId, tag, invite.from.tag);
  const made: DialogA = {
    side: 'a',
    leg,
    key,
    dialog: uasDialog(invite, tag),
    state: { tag: 'early' },
    exchange: undefined,
    session: undefined,
  };
  leg.dialogs.push(made);
  core.dialogs.set(key, made);
  return made;
}

/** Stops everything that would still happen by itself. */
export function silenceA(core: Core, leg: LegA): void {
  stopPinhole(core, leg);
  stopRinging(core, leg);
  stopReliable(core, leg);
  forgetWithin(core, leg.dialogs);
  for (const { state } of leg.dialogs) {
    if (state.tag === 'answered') core.timers.clear(state.alarm);
  }
}
