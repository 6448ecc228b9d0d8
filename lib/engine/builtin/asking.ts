import { NO_OCTETS } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Content, OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import { type RequestId, uriText } from '../../sip/ids.ts';
import type { Header, SipResponse } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Core } from './core.ts';
import { sendErrand, waysOf } from './errand.ts';
import { dialogWith, exchangeOf, type OurInvite } from './exchange.ts';
import type { AnyDialog, SentAck } from './legs.ts';
import { nextOurs, requestInDialog, targetOf } from './proto/dialog.ts';
import { ALLOW, fenced, refreshesTarget } from './proto/fence.ts';
import { clientKey } from './proto/match.ts';
import { ownVia } from './wires.ts';

const WORK_MS = 180_000;

/** Sends a request of the node's within a dialog. */
export function askByUs(core: Core, entry: AnyDialog, order: OutgoingDialogRequest): void {
  const { method, request } = order;
  if (entry.state.tag === 'early' || entry.state.tag === 'ended') {
    tellFailure(core, entry, request, 481);
  } else if (method === 'INVITE') inviteWithin(core, entry, order);
  else {
    const headers = headersOf(order);
    const { body, maxForwards } = order;
    const what = { method, headers, body, maxForwards };
    sendErrand(core, entry, waysOf(core, entry), what, (outcome) => {
      if (outcome === 'timeout') tellFailure(core, entry, request, 408);
      else if (outcome === 'transport') tellFailure(core, entry, request, 503);
      else tellReply(core, entry, request, method, outcome);
    });
  }
}

function headersOf({ method, contact, headers }: OutgoingDialogRequest): readonly Header[] {
  if (!refreshesTarget(method)) return fenced(headers);
  return [header('Contact', `<${contact}>`), ALLOW, ...fenced(headers)];
}

/** A second INVITE within the dialog must not begin while one is in progress. [3261-14.1] */
function inviteWithin(core: Core, entry: AnyDialog, order: OutgoingDialogRequest): void {
  const { request } = order;
  const exchange = exchangeOf(entry);
  const { ours, theirs } = exchange;
  if (theirs !== undefined || (ours !== undefined && ours.state.tag !== 'over')) {
    tellFailure(core, entry, request, 491);
    return;
  }
  entry.dialog = nextOurs(entry.dialog);
  const [flow] = waysOf(core, entry);
  const branch = core.serials.branch(entry.dialog.localTag);
  const via = ownVia(flow.wire, branch);
  const { localSeq: number, local, remote, callId } = entry.dialog;
  const { maxForwards, body } = order;
  const headers = headersOf(order);
  const message = requestInDialog(entry.dialog, {
    method: 'INVITE',
    number,
    via,
    maxForwards,
    headers,
    body,
  });
  const begun: OurInvite = {
    side: 'within',
    entry,
    request,
    clientKey: clientKey(branch, 'INVITE'),
    flow,
    invite: {
      uri: uriText(message.uri),
      via,
      routes: message.headers.filter(({ name }) => name === 'route'),
      from: header('From', local),
      to: header('To', remote),
      callId: header('Call-ID', callId),
      number,
    },
    state: { tag: 'pending', alarm: undefined },
  };
  exchange.ours = begun;
  core.clients.invite(begun, writeRequest(message));
}

/** Takes a response to a re-INVITE of ours. */
export function onResponseWithin(core: Core, ours: OurInvite, response: SipResponse): void {
  const { status } = response;
  const { entry, request, state } = ours;
  if (status < 200) {
    waitLonger(core, ours);
    return;
  }
  stopWaiting(core, ours);
  switch (state.tag) {
    case 'pending':
      break;
    case 'answered':
      return;
    case 'over':
      if (status < 300) acknowledgeLate(core, ours);
      return;
    default:
      never(state);
  }
  if (status >= 300) ours.state = { tag: 'over', ack: undefined };
  else ours.state = { tag: 'answered' };
  const isOver = entry.state.tag === 'ended';
  if (!isOver) tellReply(core, entry, request, 'INVITE', response);
  else if (status < 300) sendAck(core, ours, { headers: [], body: NO_OCTETS });
}

/** A far end that is working on it has as much time as a proxy would give it. [3261-16.8] */
function waitLonger(core: Core, ours: OurInvite): void {
  if (ours.state.tag !== 'pending') return;
  stopWaiting(core, ours);
  const alarm = core.timers.set(WORK_MS, () => onFailureWithin(core, ours, 'timeout'));
  ours.state = { tag: 'pending', alarm };
}

function stopWaiting(core: Core, { state }: OurInvite): void {
  if (state.tag === 'pending' && state.alarm !== undefined) core.timers.clear(state.alarm);
}

/** A 2xx that came again, or after its time: whoever sends it waits for an ACK. */
function acknowledgeLate(core: Core, ours: OurInvite): void {
  if (ours.state.tag === 'over' && ours.state.ack !== undefined) repeatAck(core, ours);
  else sendAck(core, ours, { headers: [], body: NO_OCTETS });
}

/** Nothing more will come: it need not be remembered. */
export function onTerminatedWithin(core: Core, ours: OurInvite): void {
  core.clients.forget(ours);
  const { exchange } = ours.entry;
  if (exchange?.ours === ours && ours.state.tag === 'over') exchange.ours = undefined;
}

/** A timeout counts as 408 and a transport failure as 503. [3261-8.1.3.1] */
export function onFailureWithin(core: Core, ours: OurInvite, cause: 'timeout' | 'transport'): void {
  if (ours.state.tag !== 'pending') return;
  stopWaiting(core, ours);
  ours.state = { tag: 'over', ack: undefined };
  if (ours.entry.state.tag === 'ended') return;
  tellFailure(core, ours.entry, ours.request, cause === 'timeout' ? 408 : 503);
}

/** Sends the ACK that the node has ordered. */
export function confirmByUs(
  core: Core,
  dialogs: readonly AnyDialog[],
  request: RequestId,
  content: Content,
): void {
  const ours = dialogWith(dialogs, (exchange) => exchange.ours?.request === request)?.exchange
    ?.ours;
  if (ours?.state.tag === 'answered') sendAck(core, ours, content);
}

/** No BYE before the ACK of a 2xx. [3261-15] */
export function closeAsking(core: Core, { exchange }: AnyDialog): void {
  const ours = exchange?.ours;
  if (ours?.state.tag === 'answered') sendAck(core, ours, { headers: [], body: NO_OCTETS });
}

/** The leg is forgotten, and its re-INVITE with it. */
export function forgetAsking(core: Core, { exchange }: AnyDialog): void {
  if (exchange?.ours === undefined) return;
  core.clients.forget(exchange.ours);
  stopWaiting(core, exchange.ours);
}

function sendAck(core: Core, ours: OurInvite, { headers, body }: Content): void {
  const { entry, invite, flow } = ours;
  const request = requestInDialog(entry.dialog, {
    method: 'ACK',
    number: invite.number,
    via: ownVia(flow.wire, core.serials.branch(entry.dialog.localTag)),
    headers: fenced(headers),
    body,
  });
  const [{ to }] = waysOf(core, entry);
  const ack: SentAck = { bytes: writeRequest(request), to };
  ours.state = { tag: 'over', ack };
  repeatAck(core, ours);
}

function repeatAck(core: Core, { state, flow }: OurInvite): void {
  if (state.tag === 'over' && state.ack !== undefined) {
    core.wires.send(flow.wire, state.ack.bytes, state.ack.to);
  }
}

/** A 2xx names the target anew. [3261-12.2.1.2] */
function tellReply(
  core: Core,
  entry: AnyDialog,
  request: RequestId,
  method: string,
  { status, reason, headers, body }: SipResponse,
): void {
  const target = status < 300 && refreshesTarget(method) ? targetOf(headers) : undefined;
  if (target !== undefined) entry.dialog = { ...entry.dialog, target };
  const { remoteTag: tag } = entry.dialog;
  const event = { on: 'replied', request, status, reason, tag, headers, body } as const;
  core.news.push({ what: 'leg', leg: entry.leg.id, event });
}

function tellFailure(core: Core, entry: AnyDialog, request: RequestId, status: number): void {
  const { remoteTag: tag } = entry.dialog;
  const reason = reasonPhrase(status);
  const nothing = { headers: [], body: NO_OCTETS };
  const event = { on: 'replied', request, status, reason, tag, ...nothing } as const;
  core.news.push({ what: 'leg', leg: entry.leg.id, event });
}
