import { NO_OCTETS } from '../../base/brands.ts';
import type { Content, DialogReply, OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import { headerValue } from '../../sip/headers.ts';
import type { RequestId, Tag } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { TIMER_H_MS } from '../../sip/timer-values.ts';
import { ALLOW, fenced, isCarried, refreshesTarget } from '../builtin/proto/fence.ts';
import { type Core, contactOf, receivedOn } from './core.ts';
import { type Dialog, dialogId, type Leg, type OurInvite } from './legs.ts';
import type { SrfReceived, SrfReply, SrfResponse, SrfSent } from './srf.ts';
import { heard, spoken, unspeakable } from './wording.ts';

const WAITING_MAX = 16;
const OWED_MAX = 16;
const MAX_FORWARDS_DEFAULT = 70;

/**
 * Sends a request in the dialog. The server takes the number of a re-INVITE's ACK from the last
 * request of ours, so nothing else is said until that ACK is out.
 */
export function askB(core: Core, leg: Leg, tag: Tag, order: OutgoingDialogRequest): void {
  const { dialog } = leg;
  if (dialog?.tag !== tag) return;
  const { request, method } = order;
  const headers = headersOf(leg, order);
  if (unspeakable(headers, order.body) !== undefined) tellFailure(core, leg, request, 513);
  else if (method === 'INVITE' && (dialog.ours !== undefined || dialog.theirs !== undefined)) {
    tellFailure(core, leg, request, 491);
  } else if (dialog.waiting.length >= WAITING_MAX) tellFailure(core, leg, request, 500);
  else {
    dialog.waiting.push(() => send(core, leg, dialog, order, headers));
    goOn(dialog);
  }
}

function goOn(dialog: Dialog): void {
  while (dialog.ours === undefined) {
    const next = dialog.waiting.shift();
    if (next === undefined) return;
    next();
  }
}

function headersOf(leg: Leg, order: OutgoingDialogRequest): readonly Header[] {
  const hops = header('Max-Forwards', `${order.maxForwards}`);
  const own = refreshesTarget(order.method)
    ? [hops, header('Contact', `<${contactOf(leg, order.contact)}>`), ALLOW]
    : [hops];
  return [...own, ...fenced(order.headers)];
}

function send(
  core: Core,
  leg: Leg,
  dialog: Dialog,
  { method, request, body }: OutgoingDialogRequest,
  headers: readonly Header[],
): void {
  const ours: OurInvite | undefined =
    method === 'INVITE'
      ? { request, sent: undefined, cancel: undefined, ack: undefined }
      : undefined;
  dialog.ours = ours;
  const said = spoken(headers, body);
  const asked = { ...said, method, uri: 'sip:placeholder', stackDialogId: dialogId(leg) };
  leg.link.request(asked, (_error, sent) => {
    if (sent === undefined) {
      tellFailure(core, leg, request, 503);
      if (ours !== undefined) settle(dialog);
      return;
    }
    sent.on('update', (update, reply) => askedByThemB(core, leg, update, reply));
    sent.on('response', (response, ack) => {
      if (ours !== undefined && response.status >= 200 && response.status < 300) ours.ack = ack;
      onReply(core, leg, request, response);
      if (ours !== undefined && response.status >= 300) settle(dialog);
    });
    if (ours !== undefined) onInviteSent(ours, sent);
  });
}

function onInviteSent(ours: OurInvite, sent: SrfSent): void {
  ours.sent = sent;
  if (ours.cancel !== undefined) cancelOurs(ours, sent, ours.cancel);
}

function settle(dialog: Dialog): void {
  dialog.ours = undefined;
  goOn(dialog);
}

function onReply(core: Core, leg: Leg, request: RequestId, response: SrfResponse): void {
  const { dialog } = leg;
  const { status, reason } = response;
  if (dialog === undefined || status <= 100) return;
  const { headers, body } = heard(response) ?? { headers: [], body: NO_OCTETS };
  const { tag } = dialog;
  core.tell(leg.id, { on: 'replied', request, status, reason, tag, headers, body });
}

function tellFailure(core: Core, leg: Leg, request: RequestId, status: number): void {
  const { dialog } = leg;
  if (dialog === undefined) return;
  const says = { status, reason: reasonPhrase(status), headers: [], body: NO_OCTETS };
  core.tell(leg.id, { on: 'replied', request, tag: dialog.tag, ...says });
}

/** Takes back a re-INVITE of ours. [3261-9.1] */
export function retractB(leg: Leg, request: RequestId, headers: readonly Header[]): void {
  const ours = leg.dialog?.ours;
  if (ours?.request !== request || ours.cancel !== undefined) return;
  ours.cancel = headers;
  if (ours.sent !== undefined) cancelOurs(ours, ours.sent, headers);
}

function cancelOurs(ours: OurInvite, sent: SrfSent, headers: readonly Header[]): void {
  if (ours.ack !== undefined) return;
  sent.cancel({ headers: spoken(fenced(headers), NO_OCTETS).headers }, () => undefined);
}

/** Sends the ACK of a 2xx to a re-INVITE of ours. */
export function confirmB(leg: Leg, request: RequestId, { headers, body }: Content): void {
  const { dialog } = leg;
  if (dialog?.ours?.request !== request || dialog.ours.ack === undefined) return;
  dialog.ours.ack(spoken(fenced(headers), body), () => undefined);
  settle(dialog);
}

/** Takes a request in the dialog that is neither BYE nor ACK. */
export function askedByThemB(core: Core, leg: Leg, request: SrfReceived, reply: SrfReply): void {
  const { dialog, place } = leg;
  const { method } = request;
  const message = heard(request);
  if (message === undefined) {
    say(reply, 400);
  } else if (dialog === undefined) {
    // In a dialog that is only early there is nothing to change yet.
    if (leg.phase.tag === 'calling') tryLater(reply);
    else say(reply, 481);
  } else if (method === 'OPTIONS') {
    reply.send(200, 'OK', spoken([ALLOW], NO_OCTETS));
  } else if (!isCarried(method)) {
    reply.send(405, reasonPhrase(405), spoken([ALLOW], NO_OCTETS));
    const where = receivedOn(place, request);
    core.tell(leg.id, { on: 'declined', method, status: 405, receivedOn: where });
  } else if (method === 'INVITE' && dialog.theirs === undefined && dialog.ours !== undefined) {
    say(reply, 491);
  } else if (dialog.owed.size >= OWED_MAX || (method === 'INVITE' && dialog.theirs !== undefined)) {
    tryLater(reply);
  } else {
    take(core, leg, dialog, request, reply, message);
  }
}

function take(
  core: Core,
  leg: Leg,
  dialog: Dialog,
  asked: SrfReceived,
  reply: SrfReply,
  { headers, body }: Content,
): void {
  const { method } = asked;
  const maxForwards = hopsOf(headers);
  if (maxForwards === 0) {
    say(reply, 483);
    return;
  }
  const request = core.nextRequest();
  const where = receivedOn(leg.place, asked);
  const { tag } = dialog;
  dialog.owed.set(request, { method, reply });
  if (method === 'INVITE') {
    dialog.theirs = { request, alarm: undefined };
    asked.on('cancel', (cancel) => {
      const { headers: reasons } = heard(cancel) ?? { headers: [] };
      if (!dialog.owed.has(request)) return;
      core.tell(leg.id, { on: 'retracted', request, tag, headers: reasons, receivedOn: where });
    });
  }
  const what = { request, method, maxForwards, headers, body, tag };
  core.tell(leg.id, { on: 'asked', ...what, receivedOn: where });
}

function hopsOf(headers: readonly Header[]): number {
  const value = Number(headerValue(headers, 'max-forwards') ?? MAX_FORWARDS_DEFAULT);
  return Number.isInteger(value) && value >= 0 ? value : MAX_FORWARDS_DEFAULT;
}

/**
 * Answers as the node says. A provisional stays behind: the server has said 100 by itself, and
 * would make 500 of what follows another one.
 */
export function replyB(core: Core, leg: Leg, request: RequestId, answer: DialogReply): void {
  const { dialog } = leg;
  const owed = dialog?.owed.get(request);
  if (dialog === undefined || owed === undefined || answer.status < 200) return;
  dialog.owed.delete(request);
  const { status, headers, body, contact } = answer;
  const isSuccess = status < 300;
  const own =
    isSuccess && refreshesTarget(owed.method)
      ? [header('Contact', `<${contactOf(leg, contact)}>`), ALLOW]
      : [];
  const all = [...own, ...fenced(headers)];
  if (unspeakable(all, body) === undefined)
    say(owed.reply, status, answer.reason, spoken(all, body));
  else say(owed.reply, 500);
  if (dialog.theirs?.request === request) awaitAck(core, leg, dialog, isSuccess);
}

function awaitAck(core: Core, leg: Leg, dialog: Dialog, isSuccess: boolean): void {
  const { theirs, tag } = dialog;
  if (theirs === undefined) return;
  if (!isSuccess) {
    dialog.theirs = undefined;
    return;
  }
  const { request } = theirs;
  theirs.alarm = core.timers.set(TIMER_H_MS, () => {
    dialog.theirs = undefined;
    core.tell(leg.id, { on: 'unconfirmed', request, tag });
  });
}

/** Takes the ACK of our 2xx to their re-INVITE; that of the first INVITE is ours to send. */
export function confirmedByThemB(core: Core, leg: Leg, request: SrfReceived): void {
  const { dialog } = leg;
  const theirs = dialog?.theirs;
  if (dialog === undefined || theirs?.alarm === undefined) return;
  core.timers.clear(theirs.alarm);
  dialog.theirs = undefined;
  const { headers, body } = heard(request) ?? { headers: [], body: NO_OCTETS };
  core.tell(leg.id, {
    on: 'confirmed',
    request: theirs.request,
    tag: dialog.tag,
    headers,
    body,
    receivedOn: receivedOn(leg.place, request),
  });
}

function tryLater(reply: SrfReply): void {
  say(reply, 500, reasonPhrase(500), { headers: { 'Retry-After': '2' } });
}

/** The library throws for a status without a phrase of its own; the class says it then. */
function say(
  reply: SrfReply,
  status: number,
  reason = reasonPhrase(status),
  content: Parameters<SrfReply['send']>[2] = { headers: {} },
): void {
  try {
    reply.send(status, reason, content);
  } catch {
    reply.send(Math.floor(status / 100) * 100, reason, content);
  }
}
