import { bytesOf, NO_OCTETS, octetsOf } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Content, LegEvent, OutgoingInvite } from '../../ports/sip-engine.ts';
import { type Tag, tagOf } from '../../sip/ids.ts';
import type { Header, SipResponse } from '../../sip/message.ts';
import { type RAck, rackHeader, rseqOf } from '../../sip/rel100.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { TIMER_B_MS } from '../../sip/timer-values.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Arrival } from './arrival.ts';
import { sendBye } from './bye.ts';
import { closeEarly, closeWithin, forgetWithin } from './close-within.ts';
import type { Core } from './core.ts';
import { sendErrand, waysOf } from './errand.ts';
import { type DialogB, dialogNamed, type Flow, type LegB, type SentAck } from './legs.ts';
import { lingerOver } from './legs-over.ts';
import { placeAgain, placeInvite } from './placed-invite.ts';
import { composeCancel } from './proto/compose.ts';
import { confirmed, requestInDialog, uacDialog } from './proto/dialog.ts';
import { fenced } from './proto/fence.ts';
import { dialogKey } from './proto/match.ts';
import { legsMaxFor } from './room.ts';
import { beginSessionB } from './sessions.ts';
import { ownVia } from './wires.ts';

/** How long a final response is waited for after CANCEL. */
const PATIENCE_MS = TIMER_B_MS;

/** Calls a gateway. */
export function inviteB(core: Core, order: OutgoingInvite): void {
  const { leg: id, isEmergency } = order;
  if (core.legsA.has(id) || core.legsB.has(id)) throw new Error(`leg ${id} exists already`);
  if (core.legsB.size >= legsMaxFor(core.limits, isEmergency)) {
    core.counts.overloads += 1;
    core.news.push({ what: 'leg', leg: id, event: failure('transport') });
    return;
  }
  placeInvite(core, order);
}

/** Takes a response to our INVITE. */
export function onResponseB(core: Core, leg: LegB, response: SipResponse): void {
  const { status } = response;
  if (status < 200) onProvisional(core, leg, response);
  else if (status < 300) onSuccess(core, leg, response);
  else onRefusal(core, leg, response);
}

function onProvisional(core: Core, leg: LegB, response: SipResponse): void {
  const { phase } = leg;
  const { status, reason, headers, body, to } = response;
  if (phase.tag === 'final' || phase.tag === 'over') return;
  if (phase.tag === 'calling') leg.phase = { tag: 'proceeding' };
  if (status > 100) {
    const heard = hearRinging(core, leg, response);
    if (heard === 'known') return;
    const isOffer = heard === 'offer';
    tell(core, leg, { on: 'ringing', status, reason, tag: to.tag, isOffer, headers, body });
  } else if (phase.tag === 'calling') {
    tell(core, leg, { on: 'trying' });
  }
  if (phase.tag === 'calling' && phase.cancel !== undefined) sendCancel(core, leg, phase.cancel);
}

/**
 * Makes the early dialog, and acknowledges what is reliable; an offer gets the PRACK of the node,
 * which has the answer to it. Known: it came before, or another one is to come first. [3262-4]
 */
function hearRinging(core: Core, leg: LegB, response: SipResponse): 'known' | 'offer' | 'ringing' {
  const { to, headers, body, cseq } = response;
  if (to.tag === undefined) return 'ringing';
  const entry = dialogNamed(leg.dialogs, to.tag) ?? addDialog(core, leg, response, to.tag);
  const rseq = rseqOf(headers);
  if (entry === undefined || rseq === undefined) return 'ringing';
  if (entry.rack !== undefined && rseq !== entry.rack.rseq + 1) return 'known';
  entry.rack = { rseq, cseq: cseq.number, method: 'INVITE' };
  if (leg.isOffered && body !== '') return 'offer';
  acknowledgeEarly(core, entry, entry.rack);
  return 'ringing';
}

function acknowledgeEarly(core: Core, entry: DialogB, rack: RAck): void {
  const what = { method: 'PRACK', headers: [rackHeader(rack)] };
  sendErrand(core, entry, waysOf(core, entry), what);
}

/** Undefined: the INVITE has reached too many already. */
function addDialog(core: Core, leg: LegB, response: SipResponse, tag: Tag): DialogB | undefined {
  if (leg.dialogs.length >= core.limits.dialogsPerLegMax) {
    core.counts.surplusDialogs += 1;
    return undefined;
  }
  const { uri, callId, tag: localTag, from: local } = leg;
  const key = dialogKey(callId, localTag, tag);
  const dialog = uacDialog(response, uri, { callId, localTag, local });
  const made: DialogB = {
    side: 'b',
    leg,
    key,
    dialog,
    state: { tag: 'early' },
    exchange: undefined,
    rack: undefined,
    session: undefined,
  };
  leg.dialogs.push(made);
  core.dialogs.set(key, made);
  return made;
}

/** Each callee's answer is told once; a 2xx that comes again gets its ACK again. [3261-13.2.2.4] */
function onSuccess(core: Core, leg: LegB, response: SipResponse): void {
  const tag = response.to.tag ?? tagOf('');
  const entry = dialogNamed(leg.dialogs, tag) ?? addDialog(core, leg, response, tag);
  if (entry === undefined) return;
  const { state } = entry;
  switch (state.tag) {
    case 'early':
      answered(core, entry, response);
      return;
    case 'answered':
      return;
    case 'acknowledged':
      sendAck(core, leg.flow, state.ack);
      return;
    case 'ended':
      sendAck(core, leg.flow, state.ack);
      return;
    default:
      never(state);
  }
}

function answered(core: Core, entry: DialogB, response: SipResponse): void {
  const { leg } = entry;
  entry.dialog = confirmed(entry.dialog, response);
  entry.state = { tag: 'answered' };
  beginSessionB(core, entry, response.headers);
  settle(core, leg);
  leg.invite = undefined;
  leg.phase = { tag: 'final' };
  closeEarly(core, leg.dialogs);
  const { status, reason, headers, body } = response;
  tell(core, leg, { on: 'answered', status, reason, tag: entry.dialog.remoteTag, headers, body });
}

/** A refusal that comes after the node was told an end says nothing new. */
function onRefusal(core: Core, leg: LegB, response: SipResponse): void {
  if (leg.phase.tag === 'final' || leg.phase.tag === 'over') return;
  if (placeAgain(core, leg, response)) return;
  const { status, reason, headers, body } = response;
  refuse(core, leg, { on: 'refused', status, reason, cause: 'response', headers, body });
}

/** A timeout counts as 408 and a transport failure as 503. [3261-8.1.3.1] */
export function onFailureB(core: Core, leg: LegB, cause: 'timeout' | 'transport'): void {
  if (leg.phase.tag === 'final' || leg.phase.tag === 'over') return;
  refuse(core, leg, failure(cause));
}

function failure(cause: 'timeout' | 'transport'): LegEvent {
  const status = cause === 'timeout' ? 408 : 503;
  const reason = reasonPhrase(status);
  return { on: 'refused', status, reason, cause, headers: [], body: NO_OCTETS };
}

function refuse(core: Core, leg: LegB, event: LegEvent): void {
  settle(core, leg);
  leg.phase = { tag: 'final' };
  closeEarly(core, leg.dialogs);
  tell(core, leg, event);
  lingerIfOverB(core, leg);
}

/** The final response is here, or is no longer waited for. */
function settle(core: Core, leg: LegB): void {
  if (leg.phase.tag === 'cancelling') core.timers.clear(leg.phase.alarm);
  leg.order = undefined;
}

/** Nothing will come again, so nothing is kept for it. */
export function onTerminatedB(leg: LegB): void {
  for (const entry of leg.dialogs) {
    const { state } = entry;
    if (state.tag === 'acknowledged') entry.state = { tag: 'acknowledged', ack: undefined };
    if (state.tag === 'ended') entry.state = { tag: 'ended', by: state.by, ack: undefined };
  }
}

/** Gives up: before a provisional response has come CANCEL waits for it. [3261-9.1] */
export function cancelB(core: Core, leg: LegB, headers: readonly Header[]): void {
  if (leg.phase.tag === 'calling') leg.phase = { tag: 'calling', cancel: headers };
  else if (leg.phase.tag === 'proceeding') sendCancel(core, leg, headers);
}

/** Without a final response within 64*T1 the INVITE counts as cancelled. [3261-9.1] */
function sendCancel(core: Core, leg: LegB, headers: readonly Header[]): void {
  const { invite, flow, clientKey } = leg;
  if (invite === undefined) return;
  const alarm = core.timers.set(PATIENCE_MS, () => onFailureB(core, leg, 'timeout'));
  leg.phase = { tag: 'cancelling', alarm };
  const key = clientKey.replace('INVITE', 'CANCEL');
  core.clients.request(key, flow, composeCancel(invite, fenced(headers)));
}

/** Sends the ACK of a 2xx. [3261-13.2.2.4] */
export function acknowledgeB(core: Core, leg: LegB, tag: Tag, content: Content): void {
  const entry = dialogNamed(leg.dialogs, tag);
  if (entry?.state.tag !== 'answered') return;
  const { dialog } = entry;
  const request = requestInDialog(dialog, {
    method: 'ACK',
    number: leg.number,
    via: ownVia(leg.flow.wire, core.serials.branch(leg.tag)),
    headers: fenced(content.headers),
    body: content.body,
  });
  const ack = { octets: octetsOf(writeRequest(request)), to: waysOf(core, entry)[0].to };
  entry.state = { tag: 'acknowledged', ack };
  entry.session?.said(content);
  sendAck(core, leg.flow, ack);
}

function sendAck(core: Core, { wire }: Flow, ack: SentAck | undefined): void {
  if (ack !== undefined) core.wires.send(wire, bytesOf(ack.octets), ack.to);
}

/** Sends BYE. A 2xx without its ACK gets that first. [3261-13.2.2.4] [3261-15] */
export function hangUpB(core: Core, leg: LegB, tag: Tag, headers: readonly Header[]): void {
  const entry = dialogNamed(leg.dialogs, tag);
  if (entry === undefined) return;
  if (entry.state.tag === 'answered') {
    acknowledgeB(core, leg, tag, { headers: [], body: NO_OCTETS });
  }
  if (entry.state.tag !== 'acknowledged') return;
  const { ack } = entry.state;
  closeWithin(core, entry);
  entry.state = { tag: 'ended', by: 'us', ack };
  sendBye(core, entry, headers);
  lingerIfOverB(core, leg);
}

/**
 * Takes the callee's BYE. In an early dialog it means that its 2xx was lost and that it has given
 * up, so the INVITE counts as refused. [3261-15]
 */
export function hungUpByThemB(core: Core, entry: DialogB, arrival: Arrival): void {
  const { leg, state, dialog } = entry;
  const { headers, body } = arrival.request;
  closeWithin(core, entry);
  entry.state = { tag: 'ended', by: 'them', ack: ackOf(entry) };
  if (state.tag === 'early') {
    const status = 487;
    const reason = reasonPhrase(status);
    refuse(core, leg, { on: 'refused', status, reason, cause: 'response', headers, body });
    return;
  }
  const { receivedOn } = arrival;
  tell(core, leg, { on: 'hung-up', tag: dialog.remoteTag, headers, body, receivedOn });
  lingerIfOverB(core, leg);
}

function ackOf({ state }: DialogB): SentAck | undefined {
  return state.tag === 'acknowledged' ? state.ack : undefined;
}

function tell(core: Core, leg: LegB, event: LegEvent): void {
  core.news.push({ what: 'leg', leg: leg.id, event });
}

function lingerIfOverB(core: Core, leg: LegB): void {
  if (leg.phase.tag !== 'final') return;
  const isOver = leg.dialogs.every(({ state }) => state.tag === 'early' || state.tag === 'ended');
  if (!isOver) return;
  lingerOver(core, leg);
}

/** Stops everything that would still happen by itself. */
export function silenceB(core: Core, leg: LegB): void {
  settle(core, leg);
  forgetWithin(core, leg.dialogs);
}
