import { NO_OCTETS } from '../../base/brands.ts';
import type { Content, OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import type { RequestId, Tag } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { ALLOW, fenced, refreshesSession, refreshesTarget } from '../builtin/proto/fence.ts';
import { askedByThemB } from './asked.ts';
import { type Core, contactOf } from './core.ts';
import { type Dialog, dialogId, type Leg, type OurInvite } from './legs.ts';
import type { SrfAck, SrfResponse } from './srf.ts';
import { contentOf, isMadeUp, spoken, unspeakable } from './wording.ts';

const WAITING_MAX = 16;
/** As much as a proxy would give a far end that is working on a re-INVITE. [3261-16.8] */
const WORK_MS = 180_000;

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
  const own = [hops];
  if (refreshesTarget(order.method)) {
    own.push(header('Contact', `<${contactOf(leg, order.contact)}>`));
  }
  if (refreshesSession(order.method)) own.push(ALLOW);
  return [...own, ...fenced(order.headers)];
}

function send(
  core: Core,
  leg: Leg,
  dialog: Dialog,
  { method, request, body }: OutgoingDialogRequest,
  headers: readonly Header[],
): void {
  const ours = method === 'INVITE' ? beginInvite(core, leg, dialog, request) : undefined;
  const said = spoken(headers, body);
  const asked = { ...said, method, uri: 'sip:placeholder', stackDialogId: dialogId(leg) };
  leg.link.request(asked, (_error, sent) => {
    if (sent === undefined) {
      tellFailure(core, leg, request, 503);
      if (ours !== undefined) settle(core, dialog, ours);
      return;
    }
    sent.on('update', (update, reply) => askedByThemB(core, leg, update, reply));
    sent.on('response', (response, ack) => {
      if (ours === undefined) onReply(core, leg, request, response);
      else onInviteReply(core, leg, dialog, ours, response, ack);
    });
  });
}

/** Of one that is worked on for ever the server says nothing. */
function beginInvite(core: Core, leg: Leg, dialog: Dialog, request: RequestId): OurInvite {
  const alarm = core.timers.set(WORK_MS, () => {
    tellFailure(core, leg, request, 408);
    settle(core, dialog, ours);
  });
  const ours: OurInvite = { request, alarm, ack: undefined };
  dialog.ours = ours;
  return ours;
}

/** The server forgets a re-INVITE at its first response: behind a provisional comes nothing. */
function onInviteReply(
  core: Core,
  leg: Leg,
  dialog: Dialog,
  ours: OurInvite,
  response: SrfResponse,
  ack: SrfAck,
): void {
  const { status } = response;
  const isSuccess = status >= 200 && status < 300;
  if (dialog.ours !== ours || leg.dialog !== dialog) {
    if (isSuccess) ack({ headers: {} }, () => undefined);
    return;
  }
  if (isSuccess) {
    core.timers.clear(ours.alarm);
    ours.ack = ack;
  }
  if (status < 200) tellFailure(core, leg, ours.request, 500);
  else onReply(core, leg, ours.request, response);
  if (!isSuccess) settle(core, dialog, ours);
}

function settle(core: Core, dialog: Dialog, ours: OurInvite): void {
  if (dialog.ours !== ours) return;
  core.timers.clear(ours.alarm);
  dialog.ours = undefined;
  goOn(dialog);
}

function onReply(core: Core, leg: Leg, request: RequestId, response: SrfResponse): void {
  const { dialog } = leg;
  const { status, reason } = response;
  if (dialog === undefined || status < 200) return;
  if (isMadeUp(response)) {
    tellFailure(core, leg, request, status === 408 ? 408 : 503);
    return;
  }
  const { tag } = dialog;
  core.tell(leg.id, { on: 'replied', request, status, reason, tag, ...contentOf(response) });
}

function tellFailure(core: Core, leg: Leg, request: RequestId, status: number): void {
  const { dialog } = leg;
  if (dialog === undefined) return;
  const says = { status, reason: reasonPhrase(status), headers: [], body: NO_OCTETS };
  core.tell(leg.id, { on: 'replied', request, tag: dialog.tag, ...says });
}

/** Sends the ACK of a 2xx to a re-INVITE of ours. */
export function confirmB(core: Core, leg: Leg, request: RequestId, content: Content): void {
  const { dialog } = leg;
  const ours = dialog?.ours;
  if (dialog === undefined || ours?.request !== request || ours.ack === undefined) return;
  acknowledgeWithin(ours, content);
  settle(core, dialog, ours);
}

export function acknowledgeWithin({ ack }: OurInvite, { headers, body }: Content): void {
  ack?.(spoken(fenced(headers), body), () => undefined);
}
