import { bytesOf, NO_OCTETS, octetsOf } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { Content, OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import { type RequestId, uriText } from '../../sip/ids.ts';
import type { Header, SipResponse } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Core } from './core.ts';
import { SILENCE_MS, sendErrand, type Ways, waysOf } from './errand.ts';
import { dialogWith, exchangeOf, type OurInvite } from './exchange.ts';
import type { AnyDialog, SentAck } from './legs.ts';
import { nextOurs, requestInDialog, targetOf } from './proto/dialog.ts';
import { ALLOW, fenced, refreshesTarget } from './proto/fence.ts';
import { clientKey } from './proto/match.ts';
import { ownVia } from './wires.ts';

const WORK_MS = 180_000;
const TRIES_MAX = 8;

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
  beginInvite(core, entry, order, waysOf(core, entry), false);
}

function beginInvite(
  core: Core,
  entry: AnyDialog,
  order: OutgoingDialogRequest,
  [flow, ...others]: Ways,
  isDetour: boolean,
): void {
  entry.dialog = nextOurs(entry.dialog);
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
    request: order.request,
    clientKey: clientKey(branch, 'INVITE'),
    flow,
    isDetour,
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
  const [next, ...more] = others;
  // A second offer needs an answer of its own, which a gateway's late offer has only one of.
  if (next !== undefined && body !== '') {
    const alarm = core.timers.set(SILENCE_MS, () => tryNext(core, begun, order, [next, ...more]));
    begun.state = { tag: 'pending', alarm };
  }
  remember(core, begun);
  core.clients.invite(begun, writeRequest(message));
}

/** What will never be answered, and what is still to be, does not pile up. */
function remember(core: Core, ours: OurInvite): void {
  const exchange = exchangeOf(ours.entry);
  const [oldest] = exchange.tries;
  if (oldest !== undefined && exchange.tries.size >= TRIES_MAX) forgetOne(core, oldest);
  exchange.tries.add(ours);
  exchange.ours = ours;
}

/** Nothing at all was heard: the same offer by the next way. The former may still be answered. */
function tryNext(core: Core, ours: OurInvite, order: OutgoingDialogRequest, ways: Ways): void {
  const { entry, state } = ours;
  const exchange = exchangeOf(entry);
  if (state.tag !== 'pending' || exchange.ours !== ours || entry.state.tag === 'ended') return;
  ours.state = { tag: 'pending', alarm: undefined };
  beginInvite(core, entry, order, ways, true);
}

/** Of several tries the newest decides, unless an older one has a 2xx first. */
function isSuperseded(core: Core, ours: OurInvite, status: number): boolean {
  const exchange = exchangeOf(ours.entry);
  const newest = exchange.ours;
  if (newest === undefined || newest === ours) return false;
  if (status >= 300 || newest.state.tag !== 'pending') return true;
  stopWaiting(core, newest);
  newest.state = { tag: 'over', ack: undefined };
  exchange.ours = ours;
  return false;
}

/** The way by which a caller has agreed is the way to it, and where it was silent it is let be. */
function settle(core: Core, ours: OurInvite, status: number): void {
  const { entry, isDetour, flow } = ours;
  if (isDetour && status < 300 && entry.side === 'a') entry.leg.flow = flow;
  for (const other of exchangeOf(entry).tries) {
    const isSilent = other.state.tag === 'pending' && other.state.alarm === undefined;
    if (isSilent) forgetOne(core, other);
  }
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
  const superseded = isSuperseded(core, ours, status);
  if (status >= 300) ours.state = { tag: 'over', ack: undefined };
  else ours.state = { tag: 'answered' };
  if (superseded) {
    if (status < 300) sendAck(core, ours, { headers: [], body: NO_OCTETS });
    return;
  }
  settle(core, ours, status);
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
  forgetOne(core, ours);
  const { exchange } = ours.entry;
  if (exchange?.ours === ours && ours.state.tag === 'over') exchange.ours = undefined;
}

/** A timeout counts as 408 and a transport failure as 503. [3261-8.1.3.1] */
export function onFailureWithin(core: Core, ours: OurInvite, cause: 'timeout' | 'transport'): void {
  if (ours.state.tag !== 'pending') return;
  stopWaiting(core, ours);
  ours.state = { tag: 'over', ack: undefined };
  if (isSuperseded(core, ours, 408)) return;
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
  if (exchange === undefined) return;
  for (const ours of exchange.tries) forgetOne(core, ours);
}

function forgetOne(core: Core, ours: OurInvite): void {
  core.clients.forget(ours);
  stopWaiting(core, ours);
  ours.entry.exchange?.tries.delete(ours);
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
  const ack: SentAck = { octets: octetsOf(writeRequest(request)), to };
  ours.state = { tag: 'over', ack };
  repeatAck(core, ours);
}

function repeatAck(core: Core, { state, flow }: OurInvite): void {
  if (state.tag === 'over' && state.ack !== undefined) {
    core.wires.send(flow.wire, bytesOf(state.ack.octets), state.ack.to);
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
