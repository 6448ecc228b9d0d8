import type { DialogReply } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import { headerValue } from '../../sip/headers.ts';
import type { RequestId } from '../../sip/ids.ts';
import type { Header, SipRequest } from '../../sip/message.ts';
import { MIN_SE_SEC, minSe } from '../../sip/session-expires.ts';
import { T1_MS, T2_MS, TIMER_H_MS } from '../../sip/timer-values.ts';
import { answer, tryLater } from './answers.ts';
import type { Arrival } from './arrival.ts';
import type { Core } from './core.ts';
import { dialogWith, type Exchange, exchangeOf, type Owed, type TheirInvite } from './exchange.ts';
import { type AnyDialog, nameOf, type Repeat } from './legs.ts';
import { targetOf } from './proto/dialog.ts';
import { allowOn, fenced, refreshesSession, refreshesTarget } from './proto/fence.ts';
import { TRYING } from './respond.ts';
import type { ServerTransaction } from './server-transactions.ts';
import { acceptSession, refreshedByThem, sessionHeaders, wantedIn } from './sessions.ts';

const MAX_FORWARDS_DEFAULT = 70;
/** How long a 2xx is repeated. */
const PATIENCE_MS = TIMER_H_MS;

/** Takes a request that the node carries: it owes the answer from now on. */
export function askedByThem(
  core: Core,
  entry: AnyDialog,
  transaction: ServerTransaction,
  { request, receivedOn }: Arrival,
): void {
  const { method, cseq, headers, body } = request;
  const exchange = exchangeOf(entry);
  const maxForwards = hopsOf(request);
  if (maxForwards === 0) {
    answer(core, transaction, { status: 483 });
    return;
  }
  if (refreshedByThem(core, entry, transaction, request)) return;
  if (refusesForNow(core, entry, exchange, transaction)) return;
  const id = core.serials.request();
  const target = refreshesTarget(method) ? targetOf(headers) : undefined;
  const session = refreshesSession(method) ? wantedIn(core, entry, headers) : undefined;
  exchange.owed.set(id, { transaction, method, number: cseq.number, target, session });
  if (method === 'INVITE') {
    exchange.theirs = { request: id, number: cseq.number, state: { tag: 'owed' } };
    core.servers.respond(transaction, TRYING);
  }
  const tag = nameOf(entry);
  const asked = { request: id, method, maxForwards, headers, body, tag, receivedOn };
  core.news.push({ what: 'leg', leg: entry.leg.id, event: { on: 'asked', ...asked } });
}

function hopsOf({ headers }: SipRequest): number {
  const value = Number(headerValue(headers, 'max-forwards') ?? MAX_FORWARDS_DEFAULT);
  return Number.isInteger(value) && value >= 0 ? value : MAX_FORWARDS_DEFAULT;
}

/**
 * One session change at a time: a second INVITE of the same side waits, be the first one that of
 * the dialog, and one that crosses ours is glare. [3261-14.2]
 */
function refusesForNow(
  core: Core,
  entry: AnyDialog,
  { owed, theirs, ours }: Exchange,
  transaction: ServerTransaction,
): boolean {
  const isInvite = transaction.kind === 'invite';
  if (isInvite && theirs === undefined && ours !== undefined && ours.state.tag !== 'over') {
    answer(core, transaction, { status: 491 });
    return true;
  }
  const isTooMany = owed.size >= core.limits.requestsPerDialogMax;
  const hasInvite = entry.state.tag === 'early' || theirs !== undefined;
  if (isTooMany || (isInvite && hasInvite)) {
    answer(core, transaction, tryLater(core));
    return true;
  }
  return false;
}

/** Answers as the node says; after a provisional the answer is still owed. */
export function replyByUs(
  core: Core,
  dialogs: readonly AnyDialog[],
  request: RequestId,
  reply: DialogReply,
): void {
  const entry = dialogWith(dialogs, ({ owed }) => owed.has(request));
  const exchange = entry?.exchange;
  const owed = exchange?.owed.get(request);
  if (entry === undefined || exchange === undefined || owed === undefined) return;
  const { transaction, target } = owed;
  const { status, reason, body } = reply;
  const isSuccess = status >= 200 && status < 300;
  const { session } = owed;
  const isAnew = isSuccess && session !== undefined && entry.state.tag !== 'early';
  if (isAnew) acceptSession(core, entry, session, reply);
  const bytes = core.servers.respond(transaction, {
    status,
    reason,
    tag: undefined,
    formsDialog: false,
    headers: [...ownHeaders(entry, owed, reply), ...fenced(reply.headers)],
    body,
  });
  if (status < 200) return;
  exchange.owed.delete(request);
  if (isSuccess && target !== undefined) entry.dialog = { ...entry.dialog, target };
  const { theirs } = exchange;
  if (theirs?.request !== request) return;
  if (!isSuccess || bytes === undefined) {
    exchange.theirs = undefined;
    return;
  }
  const { wire, to } = transaction;
  const repeat = { bytes, flow: { wire, to }, intervalMs: T1_MS, waitedMs: 0 };
  awaitAck(core, entry, theirs, repeat, T1_MS);
}

function ownHeaders(
  entry: AnyDialog,
  { method }: Owed,
  { status, contact }: DialogReply,
): readonly Header[] {
  if (status === 405) return [allowOn(entry.leg)];
  // What the other far end takes says nothing of this leg, and the least is here. [4028-6]
  if (status === 422) return [minSe(MIN_SE_SEC)];
  if (status >= 300 || !refreshesTarget(method)) return [];
  const own = header('Contact', `<${contact}>`);
  if (status < 200 || !refreshesSession(method)) return [own];
  return [own, allowOn(entry.leg), ...sessionHeaders(entry)];
}

/** Takes the CANCEL of a re-INVITE, which still gets an answer, whatever it will be. [3261-9.2] */
export function retractedByThem(
  core: Core,
  entry: AnyDialog | undefined,
  invite: ServerTransaction,
  { request: { headers }, receivedOn }: Arrival,
): void {
  const theirs = entry?.exchange?.theirs;
  if (entry === undefined || theirs === undefined) return;
  const { request } = theirs;
  if (entry.exchange?.owed.get(request)?.transaction !== invite) return;
  const tag = nameOf(entry);
  const event = { on: 'retracted', request, tag, headers, receivedOn } as const;
  core.news.push({ what: 'leg', leg: entry.leg.id, event });
}

/** Repeats the 2xx of a re-INVITE as that of the first one. [3261-14.2] [3261-13.3.1.4] */
function awaitAck(
  core: Core,
  entry: AnyDialog,
  theirs: TheirInvite,
  repeat: Repeat,
  waitMs: number,
): void {
  const alarm = core.timers.set(waitMs, () => onRepeatDue(core, entry, theirs, repeat, waitMs));
  theirs.state = { tag: 'answered', repeat, alarm };
}

function onRepeatDue(
  core: Core,
  entry: AnyDialog,
  theirs: TheirInvite,
  repeat: Repeat,
  hasWaitedMs: number,
): void {
  const waitedMs = repeat.waitedMs + hasWaitedMs;
  if (waitedMs >= PATIENCE_MS) {
    exchangeOf(entry).theirs = undefined;
    const { request } = theirs;
    const tag = nameOf(entry);
    core.news.push({
      what: 'leg',
      leg: entry.leg.id,
      event: { on: 'unconfirmed', request, tag },
    });
    return;
  }
  core.wires.send(repeat.flow.wire, repeat.bytes, repeat.flow.to);
  const intervalMs = Math.min(repeat.intervalMs * 2, T2_MS);
  const next = { ...repeat, intervalMs, waitedMs };
  awaitAck(core, entry, theirs, next, Math.min(intervalMs, PATIENCE_MS - waitedMs));
}

/** Takes the ACK of our 2xx to a re-INVITE; answers whether it is one. */
export function confirmedByThem(
  core: Core,
  entry: AnyDialog,
  { request: { cseq, headers, body }, receivedOn }: Arrival,
): boolean {
  const { exchange } = entry;
  const theirs = exchange?.theirs;
  if (exchange === undefined || theirs?.number !== cseq.number) return false;
  if (theirs.state.tag !== 'answered') return false;
  core.timers.clear(theirs.state.alarm);
  exchange.theirs = undefined;
  const { request } = theirs;
  const tag = nameOf(entry);
  const event = { on: 'confirmed', request, tag, headers, body, receivedOn } as const;
  core.news.push({ what: 'leg', leg: entry.leg.id, event });
  return true;
}

/** The dialog is over: what is still owed gets 487. [3261-15.1.2] */
export function closeAsked(core: Core, { exchange }: AnyDialog): void {
  if (exchange === undefined) return;
  for (const { transaction } of exchange.owed.values()) answer(core, transaction, { status: 487 });
  exchange.owed.clear();
  silenceAsked(core, exchange);
}

/** Stops the repetition. */
export function silenceAsked(core: Core, exchange: Exchange | undefined): void {
  const theirs = exchange?.theirs;
  if (exchange === undefined || theirs === undefined) return;
  if (theirs.state.tag === 'answered') core.timers.clear(theirs.state.alarm);
  exchange.theirs = undefined;
}
