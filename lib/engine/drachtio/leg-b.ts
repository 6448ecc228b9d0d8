import { NO_OCTETS } from '../../base/brands.ts';
import type { Content, LegEvent, OutgoingInvite } from '../../ports/sip-engine.ts';
import { header } from '../../sip/header-names.ts';
import { type Tag, tagOf } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { TIMER_B_MS } from '../../sip/timer-values.ts';
import { ALLOW, fenced } from '../builtin/proto/fence.ts';
import { askedByThemB } from './asked.ts';
import { acknowledgeWithin } from './asking.ts';
import { type Core, contactOf, forget, hopUri, receivedOn } from './core.ts';
import { type Dialog, dialogId, type Leg } from './legs.ts';
import { say } from './reply.ts';
import type { ServerLink, SipPlace } from './server-link.ts';
import {
  type SrfAck,
  type SrfReceived,
  type SrfReply,
  type SrfResponse,
  type SrfSent,
  whyOf,
} from './srf.ts';
import { contentOf, heard, isMadeUp, spoken } from './wording.ts';

/** How long a final response is waited for after CANCEL. [3261-9.1] */
const PATIENCE_MS = TIMER_B_MS;

/** All headers of the INVITE but those that the server adds. */
export function inviteHeaders(order: OutgoingInvite, place: SipPlace): readonly Header[] {
  return [
    header('Max-Forwards', `${order.maxForwards}`),
    header('From', order.from),
    header('To', order.to),
    header('Call-ID', order.callId),
    header('CSeq', '1 INVITE'),
    header('Contact', `<${contactOf({ place }, order.contact)}>`),
    ALLOW,
    ...fenced(order.headers),
  ];
}

/**
 * Calls a gateway through a server that can say all that is to be said. If the server does not take
 * the INVITE all the same, nothing has left, and `otherwise` may try.
 */
export function inviteB(
  core: Core,
  order: OutgoingInvite,
  { link, place }: { readonly link: ServerLink; readonly place: SipPlace },
  otherwise: (why: string) => void,
): void {
  const { leg: id, callId, tag, body, nextHop, uri } = order;
  const leg: Leg = {
    id,
    link,
    place,
    callId,
    tag,
    phase: { tag: 'calling', sent: undefined },
    dialog: undefined,
  };
  core.legs.set(id, leg);
  core.dialogs.set(dialogId(leg), leg);
  const said = spoken(inviteHeaders(order, place), body);
  const proxy = hopUri(nextHop, place.transport);
  link.request({ ...said, method: 'INVITE', uri, proxy }, (error, sent) => {
    if (sent === undefined) onUnsent(core, leg, whyOf(error), otherwise);
    else onSent(core, leg, sent);
  });
}

function onUnsent(core: Core, leg: Leg, why: string, otherwise: (why: string) => void): void {
  const { phase } = leg;
  if (phase.tag === 'cancelling') refuse(core, leg, TERMINATED);
  if (phase.tag !== 'calling') return;
  forget(core, leg);
  otherwise(why);
}

function onSent(core: Core, leg: Leg, sent: SrfSent): void {
  sent.on('response', (response, ack) => onResponse(core, leg, response, ack));
  sent.on('update', (request, reply) => askedByThemB(core, leg, request, reply));
  const { phase } = leg;
  if (phase.tag === 'calling') leg.phase = { tag: 'calling', sent };
  if (phase.tag === 'cancelling' && phase.held !== undefined) sayCancel(leg, sent, phase.held);
}

function onResponse(core: Core, leg: Leg, response: SrfResponse, ack: SrfAck): void {
  const { status, reason } = response;
  const tag = heard(response)?.to.tag;
  const says = { status, reason, ...contentOf(response) };
  if (leg.phase.tag === 'final' || status <= 100) return;
  if (status < 200) core.tell(leg.id, { on: 'ringing', ...says, tag });
  else if (status < 300) onAnswer(core, leg, { ...says, tag: tag ?? tagOf('') }, ack);
  else if (isMadeUp(response)) refuse(core, leg, failure(status === 408 ? 'timeout' : 'transport'));
  else refuse(core, leg, { on: 'refused', ...says, cause: 'response' });
}

type Answer = Omit<Extract<LegEvent, { on: 'answered' }>, 'on'>;

/**
 * A 2xx that crosses a CANCEL which the server has is no answer any more: it ends such a dialog by
 * itself as soon as it is acknowledged.
 */
function onAnswer(core: Core, leg: Leg, answer: Answer, ack: SrfAck): void {
  const { phase } = leg;
  if (phase.tag === 'cancelling' && phase.isTaken) {
    ack({ headers: {} }, () => undefined);
    refuse(core, leg, TERMINATED);
    return;
  }
  if (phase.tag === 'cancelling') core.timers.clear(phase.alarm);
  leg.phase = { tag: 'final' };
  leg.dialog = {
    tag: answer.tag,
    ack,
    ours: undefined,
    theirs: undefined,
    waiting: [],
    owed: new Map(),
    theirSeq: undefined,
  };
  core.tell(leg.id, { on: 'answered', ...answer });
}

function refuse(core: Core, leg: Leg, event: LegEvent): void {
  forget(core, leg);
  core.tell(leg.id, event);
}

const TERMINATED: LegEvent = {
  on: 'refused',
  status: 487,
  reason: reasonPhrase(487),
  cause: 'response',
  headers: [],
  body: NO_OCTETS,
};

function failure(cause: 'timeout' | 'transport', why?: string): LegEvent {
  const status = cause === 'timeout' ? 408 : 503;
  const reason = why ?? reasonPhrase(status);
  return { on: 'refused', status, reason, cause, headers: [], body: NO_OCTETS };
}

/** Gives up; the server itself keeps CANCEL until a provisional has come. [3261-9.1] */
export function cancelB(core: Core, leg: Leg, headers: readonly Header[]): void {
  if (leg.phase.tag !== 'calling') return;
  const { sent } = leg.phase;
  const alarm = core.timers.set(PATIENCE_MS, () => refuse(core, leg, failure('timeout')));
  leg.phase = {
    tag: 'cancelling',
    alarm,
    held: sent === undefined ? headers : undefined,
    isTaken: false,
  };
  if (sent !== undefined) sayCancel(leg, sent, headers);
}

function sayCancel(leg: Leg, sent: SrfSent, headers: readonly Header[]): void {
  sent.cancel({ headers: spoken(fenced(headers), NO_OCTETS).headers }, (error) => {
    const { phase } = leg;
    if (phase.tag === 'cancelling') leg.phase = { ...phase, isTaken: !error };
  });
}

/** Sends the ACK of a 2xx; the server repeats it whenever that 2xx comes again. */
export function acknowledgeB(core: Core, leg: Leg, tag: Tag, content: Content): void {
  const { dialog } = leg;
  if (dialog?.tag !== tag || dialog.ack === undefined) return;
  const { ack } = dialog;
  dialog.ack = undefined;
  ack(spoken(fenced(content.headers), content.body), (error) => {
    if (error && leg.dialog === dialog)
      loseB(core, leg, `the ACK could not be sent: ${whyOf(error)}`);
  });
}

/** Sends BYE. A 2xx without its ACK gets that first. [3261-13.2.2.4] [3261-15] */
export function hangUpB(core: Core, leg: Leg, tag: Tag, headers: readonly Header[]): void {
  const { dialog, link } = leg;
  if (dialog?.tag !== tag) return;
  acknowledgeB(core, leg, tag, { headers: [], body: NO_OCTETS });
  if (dialog.ours !== undefined) acknowledgeWithin(dialog.ours, { headers: [], body: NO_OCTETS });
  // The dialog is over: what is still owed gets 487. [3261-15.1.2]
  for (const { reply } of dialog.owed.values()) say(reply, 487);
  forget(core, leg);
  sayBye(link, dialogId(leg), headers);
}

/** In a dialog that the server does not know any more there is nobody to be told. */
export function sayBye(link: ServerLink, stackDialogId: string, headers: readonly Header[]): void {
  const said = spoken(fenced(headers), NO_OCTETS);
  const bye = { ...said, method: 'BYE', uri: 'sip:placeholder', stackDialogId };
  link.request(bye, () => undefined);
}

/**
 * Takes the callee's BYE, or one of which the server says that it sent it for us. The server has
 * answered by itself what was still owed.
 */
export function hungUpByThemB(
  core: Core,
  leg: Leg,
  { tag }: Dialog,
  request: SrfReceived,
  reply: SrfReply,
): void {
  if (request.source === 'network') say(reply, 200);
  forget(core, leg);
  const where = receivedOn(leg.place, request);
  core.tell(leg.id, { on: 'hung-up', tag, ...contentOf(request), receivedOn: where });
}

/** Nothing can be said on this leg any more. */
export function loseB(core: Core, leg: Leg, why: string): void {
  const { dialog } = leg;
  if (dialog === undefined) {
    refuse(core, leg, failure('transport', why));
    return;
  }
  forget(core, leg);
  core.tell(leg.id, { on: 'lost', tag: dialog.tag, why });
}
