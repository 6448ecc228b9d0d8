import { never } from '../../base/never.ts';
import type { InviteResponse } from '../../ports/sip-engine.ts';
import type { Tag, UriText } from '../../sip/ids.ts';
import type { Header, SipRequest } from '../../sip/message.ts';
import { T1_MS, T2_MS, TIMER_H_MS } from '../../sip/timer-values.ts';
import type { Arrival } from './arrival.ts';
import { sendBye } from './bye.ts';
import { closeWithin, forgetWithin } from './close-within.ts';
import type { Core } from './core.ts';
import type { DialogA, DialogStateA, Flow, LegA, Repeat } from './legs.ts';
import { lingerOver } from './legs-over.ts';
import { isBehindNat, keepPinhole, stopPinhole } from './pinhole.ts';
import { uasDialog } from './proto/dialog.ts';
import { dialogKey } from './proto/match.ts';
import { respond, TRYING } from './respond.ts';
import { keepRinging, stopRinging } from './ringing.ts';
import type { InviteServer } from './server-transactions.ts';
import { acceptSession, wantedIn } from './sessions.ts';

/** How long a 2xx is repeated. */
const PATIENCE_MS = TIMER_H_MS;

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
    pinhole: undefined,
    dialogs: [],
    ringing: undefined,
    said: undefined,
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
  const { invite, transactions } = leg.phase;
  dialogOf(core, leg, invite, response.tag);
  leg.said = response;
  for (const transaction of transactions) respond(core, transaction, response);
  keepRinging(core, leg);
}

/** Sends a 2xx and repeats it, from T1 on at growing intervals, until its ACK. [3261-13.3.1.4] */
export function answerA(core: Core, leg: LegA, response: InviteResponse): void {
  if (leg.phase.tag !== 'pending') return;
  const { invite, transactions } = leg.phase;
  const entry = dialogOf(core, leg, invite, response.tag);
  leg.phase = { tag: 'final' };
  stopRinging(core, leg);
  leg.flow = flowFrom(core, leg, response.contact);
  acceptSession(core, entry, wantedIn(core, entry, invite.headers), response);
  leg.said = response;
  const [copy, ...copies] = transactions.flatMap((one) => respond(core, one, response));
  if (copy === undefined) throw new Error(`leg ${leg.id} has no INVITE to answer`);
  leg.copies.push(...copies);
  const repeat = { intervalMs: T1_MS, waitedMs: 0, ...copy };
  awaitAck(core, entry, repeat, T1_MS, undefined);
}

/** Sends 300 to 699. */
export function rejectA(core: Core, leg: LegA, response: InviteResponse): void {
  if (leg.phase.tag !== 'pending') return;
  leg.said = undefined;
  stopRinging(core, leg);
  for (const transaction of leg.phase.transactions) respond(core, transaction, response);
  lingerA(core, leg);
}

/** Its INVITE is answered elsewhere: if it comes again it is a new one. */
export function handOverA(core: Core, leg: LegA): void {
  if (leg.phase.tag !== 'pending') return;
  for (const transaction of leg.phase.transactions) core.servers.drop(transaction);
  stopRinging(core, leg);
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
  const known = findDialogA(leg, tag);
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

function findDialogA({ dialogs }: LegA, tag: Tag): DialogA | undefined {
  return dialogs.find(({ dialog }) => dialog.localTag === tag);
}

function awaitAck(
  core: Core,
  entry: DialogA,
  repeat: Repeat,
  waitMs: number,
  bye: readonly Header[] | undefined,
): void {
  const alarm = core.timers.set(waitMs, () => onRepeatDue(core, entry, waitMs));
  entry.state = { tag: 'answered', repeat, alarm, bye };
}

function onRepeatDue(core: Core, entry: DialogA, hasWaitedMs: number): void {
  if (entry.state.tag !== 'answered') return;
  const { repeat, bye } = entry.state;
  const waitedMs = repeat.waitedMs + hasWaitedMs;
  if (waitedMs >= PATIENCE_MS) {
    const { localTag: tag } = entry.dialog;
    entry.state = { tag: 'unacknowledged' };
    core.news.push({ what: 'leg', leg: entry.leg.id, event: { on: 'unacknowledged', tag } });
    if (bye !== undefined) endByUs(core, entry, bye);
    return;
  }
  for (const { bytes, flow } of [repeat, ...entry.leg.copies]) {
    core.wires.send(flow.wire, bytes, flow.to);
  }
  const intervalMs = Math.min(repeat.intervalMs * 2, T2_MS);
  const waitMs = Math.min(intervalMs, PATIENCE_MS - waitedMs);
  awaitAck(core, entry, { ...repeat, intervalMs, waitedMs }, waitMs, bye);
}

/** Takes the ACK of our 2xx. What comes after the first one is absorbed. [3261-13.3.1.4] */
export function acknowledgedA(core: Core, entry: DialogA, arrival: Arrival): void {
  const { leg, state } = entry;
  const { request, wire, receivedOn } = arrival;
  if (request.cseq.number !== leg.number) return;
  switch (state.tag) {
    case 'early':
      return;
    case 'answered':
      core.timers.clear(state.alarm);
      break;
    case 'acknowledged':
      return;
    case 'unacknowledged':
      break;
    case 'ended':
      return;
    default:
      never(state);
  }
  entry.state = { tag: 'acknowledged' };
  keepPinhole(core, entry);
  leg.copies.length = 0;
  leg.flow = { wire, to: receivedOn.source };
  const { localTag: tag } = entry.dialog;
  const { headers, body } = request;
  const event = { on: 'acknowledged', tag, headers, body, receivedOn } as const;
  core.news.push({ what: 'leg', leg: leg.id, event });
  if (state.tag === 'answered' && state.bye !== undefined) endByUs(core, entry, state.bye);
}

/** Sends BYE, but not before the ACK has come or its time has passed. [3261-15] */
export function hangUpA(core: Core, leg: LegA, tag: Tag, headers: readonly Header[]): void {
  const entry = findDialogA(leg, tag);
  if (entry === undefined) return;
  const { state } = entry;
  switch (state.tag) {
    case 'early':
      return;
    case 'answered':
      entry.state = { ...state, bye: headers };
      return;
    case 'acknowledged':
      endByUs(core, entry, headers);
      return;
    case 'unacknowledged':
      endByUs(core, entry, headers);
      return;
    case 'ended':
      return;
    default:
      never(state);
  }
}

function endByUs(core: Core, entry: DialogA, headers: readonly Header[]): void {
  closeWithin(core, entry);
  entry.state = { tag: 'ended', by: 'us' };
  sendBye(core, entry, headers);
  lingerIfOverA(core, entry.leg);
}

/** Takes the caller's BYE. In an early dialog it ends the attempt. [3261-15] [3261-15.1.2] */
export function hungUpByThemA(core: Core, entry: DialogA, arrival: Arrival): void {
  const { leg, state } = entry;
  closeWithin(core, entry);
  entry.state = { tag: 'ended', by: 'them' };
  if (concernsNode(leg, state)) {
    const { headers, body } = arrival.request;
    const { receivedOn } = arrival;
    const { remoteTag: tag } = entry.dialog;
    const event = { on: 'hung-up', tag, headers, body, receivedOn } as const;
    core.news.push({ what: 'leg', leg: leg.id, event });
  }
  if (state.tag === 'answered') core.timers.clear(state.alarm);
  lingerIfOverA(core, leg);
}

/** Not when the node has hung up itself, nor for a fork that did not answer. */
function concernsNode(leg: LegA, state: DialogStateA): boolean {
  switch (state.tag) {
    case 'early':
      return leg.phase.tag === 'pending';
    case 'answered':
      return state.bye === undefined;
    case 'acknowledged':
      return true;
    case 'unacknowledged':
      return true;
    case 'ended':
      return false;
    default:
      return never(state);
  }
}

/** An early dialog ends with the INVITE's final response: it keeps nothing alive. [3261-12.3] */
function lingerIfOverA(core: Core, leg: LegA): void {
  if (leg.phase.tag === 'pending') return;
  const isOver = leg.dialogs.every(({ state }) => state.tag === 'early' || state.tag === 'ended');
  if (isOver) lingerA(core, leg);
}

function lingerA(core: Core, leg: LegA): void {
  if (leg.phase.tag === 'over') return;
  stopPinhole(core, leg);
  lingerOver(core, leg);
}

/** Stops everything that would still happen by itself. */
export function silenceA(core: Core, leg: LegA): void {
  stopPinhole(core, leg);
  stopRinging(core, leg);
  forgetWithin(core, leg.dialogs);
  for (const { state } of leg.dialogs) {
    if (state.tag === 'answered') core.timers.clear(state.alarm);
  }
}
