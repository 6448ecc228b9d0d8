import { NO_OCTETS } from '../../base/brands.ts';
import type { Content, DialogReply } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import { headerValue } from '../../sip/headers.ts';
import type { RequestId } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { TIMER_H_MS } from '../../sip/timer-values.ts';
import {
  ALLOW,
  fenced,
  isCarried,
  refreshesSession,
  refreshesTarget,
} from '../builtin/proto/fence.ts';
import { type Core, contactOf, receivedOn } from './core.ts';
import type { Dialog, Leg } from './legs.ts';
import { say, tryLater } from './reply.ts';
import type { SrfReceived, SrfReply } from './srf.ts';
import { contentOf, heard, spoken, unspeakable } from './wording.ts';

const OWED_MAX = 16;
const MAX_FORWARDS_DEFAULT = 70;

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
  } else if (!isInOrder(dialog, message.cseq.number)) {
    say(reply, 500);
  } else if (method === 'OPTIONS') {
    say(reply, 200, spoken([ALLOW], NO_OCTETS));
  } else if (!isCarried(method, {})) {
    say(reply, 405, spoken([ALLOW], NO_OCTETS));
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

/** A number below the last one is out of order. [3261-12.2.2] */
function isInOrder(dialog: Dialog, number: number): boolean {
  if (number < (dialog.theirSeq ?? 0)) return false;
  dialog.theirSeq = number;
  return true;
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
  const { tag } = dialog;
  dialog.owed.set(request, { method, reply });
  if (method === 'INVITE') dialog.theirs = { request, alarm: undefined };
  const what = { request, method, maxForwards, headers, body, tag };
  core.tell(leg.id, { on: 'asked', ...what, receivedOn: receivedOn(leg.place, asked) });
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
  const isInvite = dialog.theirs?.request === request;
  const own: Header[] = [];
  if (status < 300 && refreshesTarget(owed.method)) {
    own.push(header('Contact', `<${contactOf(leg, contact)}>`));
    if (refreshesSession(owed.method)) own.push(ALLOW);
  }
  const all = [...own, ...fenced(headers)];
  const isSpeakable = unspeakable(all, body) === undefined;
  if (isInvite) awaitAck(core, leg, dialog, isSpeakable && status < 300);
  if (!isSpeakable) say(owed.reply, 500);
  else
    say(owed.reply, status, { ...spoken(all, body), reason: answer.reason }, () => {
      if (isInvite) giveUpAck(core, leg, dialog, request);
    });
}

function awaitAck(core: Core, leg: Leg, dialog: Dialog, isSuccess: boolean): void {
  const { theirs } = dialog;
  if (theirs === undefined) return;
  if (!isSuccess) {
    dialog.theirs = undefined;
    return;
  }
  const { request } = theirs;
  theirs.alarm = core.timers.set(TIMER_H_MS, () => giveUpAck(core, leg, dialog, request));
}

/** It did not come in time, or never will: the server has said 487 to a cancelled re-INVITE. */
function giveUpAck(core: Core, leg: Leg, dialog: Dialog, request: RequestId): void {
  const { theirs, tag } = dialog;
  if (theirs?.request !== request || leg.dialog !== dialog) return;
  if (theirs.alarm !== undefined) core.timers.clear(theirs.alarm);
  dialog.theirs = undefined;
  core.tell(leg.id, { on: 'unconfirmed', request, tag });
}

/** Takes the ACK of our 2xx to their re-INVITE; that of the first INVITE is ours to send. */
export function confirmedByThemB(core: Core, leg: Leg, dialog: Dialog, message: SrfReceived): void {
  const { tag, theirs } = dialog;
  if (theirs?.alarm === undefined) return;
  core.timers.clear(theirs.alarm);
  dialog.theirs = undefined;
  const { request } = theirs;
  const where = receivedOn(leg.place, message);
  core.tell(leg.id, { on: 'confirmed', request, tag, ...contentOf(message), receivedOn: where });
}
