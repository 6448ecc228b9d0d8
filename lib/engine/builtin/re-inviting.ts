import { NO_OCTETS } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import { type RequestId, uriText } from '../../sip/ids.ts';
import type { Header, SipResponse } from '../../sip/message.ts';
import { TIMER_B_MS } from '../../sip/timer-values.ts';
import { writeRequest } from '../../sip/write.ts';
import { acknowledgeLate, sendAck } from './confirming.ts';
import type { Core } from './core.ts';
import { SILENCE_MS, type Ways, waysOf } from './errand.ts';
import { dialogWith, exchangeOf, type OurInvite, type OurInviteState } from './exchange.ts';
import type { AnyDialog } from './legs.ts';
import { composeCancel } from './proto/compose.ts';
import { nextOurs, requestInDialog } from './proto/dialog.ts';
import { fenced } from './proto/fence.ts';
import { clientKey } from './proto/match.ts';
import { headersWithin, tellFailure, tellReply } from './replies.ts';
import { ownVia } from './wires.ts';

const WORK_MS = 180_000;
const TRIES_MAX = 8;

/** A second INVITE within the dialog must not begin while one is in progress. [3261-14.1] */
export function inviteWithin(core: Core, entry: AnyDialog, order: OutgoingDialogRequest): void {
  const { request } = order;
  const exchange = exchangeOf(entry);
  const { ours, theirs } = exchange;
  if (theirs !== undefined || (ours !== undefined && ours.state.tag !== 'over')) {
    tellFailure(core, entry, request, 491);
    return;
  }
  const attempt = { tries: 1, isDetour: false, cancel: undefined };
  beginInvite(core, entry, order, waysOf(core, entry), attempt);
}

type Attempt = Pick<OurInvite, 'tries' | 'isDetour'> & {
  readonly cancel: readonly Header[] | undefined;
};

function beginInvite(
  core: Core,
  entry: AnyDialog,
  order: OutgoingDialogRequest,
  [flow, ...others]: Ways,
  { tries, isDetour, cancel }: Attempt,
): void {
  entry.dialog = nextOurs(entry.dialog);
  const branch = core.serials.branch(entry.dialog.localTag);
  const via = ownVia(flow.wire, branch);
  const { localSeq: number, local, remote, callId } = entry.dialog;
  const { maxForwards, body } = order;
  const headers = headersWithin(entry, order);
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
    tries,
    order,
    invite: {
      uri: uriText(message.uri),
      via,
      routes: message.headers.filter(({ name }) => name === 'route'),
      from: header('From', local),
      to: header('To', remote),
      callId: header('Call-ID', callId),
      number,
    },
    state: { tag: 'calling', alarm: undefined, cancel },
  };
  const [next, ...more] = others;
  // A second offer needs an answer of its own, which a gateway's late offer has only one of.
  if (next !== undefined && body !== '') {
    const alarm = core.timers.set(SILENCE_MS, () => tryNext(core, begun, order, [next, ...more]));
    begun.state = { tag: 'calling', alarm, cancel };
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
  if (state.tag !== 'calling' || exchange.ours !== ours || entry.state.tag === 'ended') return;
  ours.state = { ...state, alarm: undefined };
  const { tries } = ours;
  beginInvite(core, entry, order, ways, { tries, isDetour: true, cancel: state.cancel });
}

/** Of several tries the newest decides, unless an older one has a 2xx first. */
function isSuperseded(core: Core, ours: OurInvite, status: number): boolean {
  const exchange = exchangeOf(ours.entry);
  const newest = exchange.ours;
  if (newest === undefined || newest === ours) return false;
  if (status >= 300 || !isPending(newest)) return true;
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
    const isSilent = other.state.tag === 'calling' && other.state.alarm === undefined;
    if (isSilent) forgetOne(core, other);
  }
}

/** Takes a response to a re-INVITE of ours. */
export function onResponseWithin(core: Core, ours: OurInvite, response: SipResponse): void {
  const { status } = response;
  const { entry, request, state } = ours;
  if (status < 200) {
    onProvisional(core, ours, response);
    return;
  }
  stopWaiting(core, ours);
  switch (state.tag) {
    case 'calling':
    case 'proceeding':
    case 'cancelling':
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
  if (goesAgain(core, ours, state, response)) return;
  if (entry.state.tag !== 'ended') tellReply(core, entry, request, 'INVITE', response);
  else if (status < 300) sendAck(core, ours, { headers: [], body: NO_OCTETS });
}

/** By the way that had an answer; what has been taken back does not. [4028-7.4] */
function goesAgain(
  core: Core,
  ours: OurInvite,
  before: OurInviteState,
  response: SipResponse,
): boolean {
  const { entry, order, flow, tries, isDetour } = ours;
  const isWanted =
    before.tag === 'calling' ? before.cancel === undefined : before.tag === 'proceeding';
  if (!isWanted || entry.session?.wantsMore(response, tries) !== true) return false;
  beginInvite(core, entry, order, [flow], { tries: tries + 1, isDetour, cancel: undefined });
  return true;
}

/** Told on, and time is given: as much as a proxy would, or for the answer to a CANCEL. */
function onProvisional(core: Core, ours: OurInvite, response: SipResponse): void {
  const { entry, request, state } = ours;
  switch (state.tag) {
    case 'calling':
      stopWaiting(core, ours);
      if (state.cancel === undefined) waitLonger(core, ours);
      else sendCancel(core, ours, state.cancel);
      break;
    case 'proceeding':
      stopWaiting(core, ours);
      waitLonger(core, ours);
      break;
    case 'cancelling':
      break;
    case 'answered':
    case 'over':
      return;
    default:
      never(state);
  }
  if (response.status === 100 || entry.state.tag === 'ended') return;
  tellReply(core, entry, request, 'INVITE', response);
}

/** A far end that is working on it has as much time as a proxy would give it. [3261-16.8] */
function waitLonger(core: Core, ours: OurInvite): void {
  const alarm = core.timers.set(WORK_MS, () => onFailureWithin(core, ours, 'timeout'));
  ours.state = { tag: 'proceeding', alarm };
}

function isPending({ state: { tag } }: OurInvite): boolean {
  return tag === 'calling' || tag === 'proceeding' || tag === 'cancelling';
}

function stopWaiting(core: Core, { state }: OurInvite): void {
  if ('alarm' in state && state.alarm !== undefined) core.timers.clear(state.alarm);
}

/** Takes a re-INVITE back, by whatever ways it went: not before a provisional. [3261-9.1] */
export function retractByUs(
  core: Core,
  dialogs: readonly AnyDialog[],
  request: RequestId,
  headers: readonly Header[],
): void {
  const entry = dialogWith(dialogs, ({ ours }) => ours?.request === request);
  for (const ours of entry?.exchange?.tries ?? []) {
    const { state } = ours;
    if (ours.request !== request) continue;
    if (state.tag === 'calling') ours.state = { ...state, cancel: headers };
    if (state.tag !== 'proceeding') continue;
    stopWaiting(core, ours);
    sendCancel(core, ours, headers);
  }
}

/** Without a final response within 64*T1 the INVITE counts as cancelled. [3261-9.1] */
function sendCancel(core: Core, ours: OurInvite, headers: readonly Header[]): void {
  const alarm = core.timers.set(TIMER_B_MS, () => endWithout(core, ours, 487));
  ours.state = { tag: 'cancelling', alarm };
  const key = ours.clientKey.replace('INVITE', 'CANCEL');
  core.clients.request(key, ours.flow, composeCancel(ours.invite, fenced(headers)));
}

/** Nothing more will come: it need not be remembered. */
export function onTerminatedWithin(core: Core, ours: OurInvite): void {
  forgetOne(core, ours);
  const { exchange } = ours.entry;
  if (exchange?.ours === ours && ours.state.tag === 'over') exchange.ours = undefined;
}

/** A timeout counts as 408 and a transport failure as 503. [3261-8.1.3.1] */
export function onFailureWithin(core: Core, ours: OurInvite, cause: 'timeout' | 'transport'): void {
  if (isPending(ours)) endWithout(core, ours, cause === 'timeout' ? 408 : 503);
}

/** No answer has come, or could: the status stands for it. */
function endWithout(core: Core, ours: OurInvite, status: number): void {
  stopWaiting(core, ours);
  ours.state = { tag: 'over', ack: undefined };
  if (isSuperseded(core, ours, status) || ours.entry.state.tag === 'ended') return;
  tellFailure(core, ours.entry, ours.request, status);
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
