import { NO_OCTETS, octetsOfText } from '../../../lib/base/brands.ts';
import type {
  Content,
  DialogReply,
  OutgoingDialogRequest,
  OutgoingInvite,
} from '../../../lib/ports/sip-engine.ts';
import { type Transport, writeAddress } from '../../../lib/sip/address.ts';
import { header } from '../../../lib/sip/header-names.ts';
import {
  type LegId,
  legId,
  type RequestId,
  requestId,
  sipCallId,
  tagOf,
  type UriText,
  uriText,
} from '../../../lib/sip/ids.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import type { ResponseParts } from '../../unit/engine/builtin/peers.ts';
import type { Heard } from './far-end.ts';
import type { Stage } from './stage.ts';

export const NOTHING: Content = { headers: [], body: NO_OCTETS };
export const SDP = octetsOfText('v=0\r\no=- 1 1 IN IP4 203.0.113.7\r\ns=-\r\nt=0 0\r\n');
export const SDP_TYPE = 'Content-Type: application/sdp';
export const OFFER: Content = { headers: [header('Content-Type', 'application/sdp')], body: SDP };
/** The far end's tag, unless a test says another. */
export const GW = tagOf('gw');

/** A call of ours at the gateway. */
export type Call = { readonly leg: LegId; readonly invite: Heard<SipRequest> };

/** Counts through a run: nothing of one test is named like something of another. */
let named = 0;
const fresh = (what: string) => `${what}-${process.pid}-${++named}`;

/** An order as the node would give it. */
export function inviteOrder(stage: Stage, parts: Partial<OutgoingInvite> = {}): OutgoingInvite {
  const { tag = tagOf(fresh('ours')) } = parts;
  const { at, uri } = stage.gateway;
  return {
    leg: legId(fresh('leg')),
    listener: stage.listener(),
    nextHop: at,
    uri: uriText(uri.replace('gw@', '112@')),
    from: `"A" <sip:+4670@op.example>;tag=${tag}`,
    to: '<sip:112@192.0.2.112>',
    tag,
    callId: sipCallId(fresh('call')),
    contact: ourContact(stage),
    maxForwards: 69,
    ...OFFER,
    ...parts,
  };
}

/** A token at the place of our calls: what the Contact of ours is to be. */
export function ourContact(stage: Stage, transport: Transport = stage.transport): UriText {
  const more = transport === 'udp' ? '' : `;transport=${transport}`;
  return uriText(`sip:token@${writeAddress(stage.place(transport))}${more}`);
}

/** Our INVITE has come to the gateway. */
export async function calling(stage: Stage, parts: Partial<OutgoingInvite> = {}): Promise<Call> {
  const order = inviteOrder(stage, parts);
  stage.engine.invite(order);
  return { leg: order.leg, invite: await stage.gateway.hears('INVITE') };
}

/** The gateway rings. */
export async function ringing(stage: Stage): Promise<Call> {
  const call = await calling(stage);
  stage.gateway.answers(call.invite, 180);
  await stage.told('ringing');
  return call;
}

/** The gateway has answered, and has its ACK. */
export async function talking(
  stage: Stage,
  answer: ResponseParts = {},
  parts: Partial<OutgoingInvite> = {},
): Promise<Call> {
  const call = await calling(stage, parts);
  stage.gateway.answers(call.invite, 200, answer);
  await stage.told('answered');
  stage.engine.acknowledge(call.leg, GW, NOTHING);
  await stage.gateway.hears('ACK');
  return call;
}

/** An order for a request in a dialog. */
export function withinOrder(
  stage: Stage,
  method: string,
  parts: Partial<OutgoingDialogRequest> = {},
): OutgoingDialogRequest {
  return {
    request: requestId(fresh('request')),
    method,
    contact: ourContact(stage),
    maxForwards: 69,
    ...(method === 'INVITE' || method === 'UPDATE' ? OFFER : NOTHING),
    ...parts,
  };
}

/** A request of ours in the dialog has come to the gateway. */
export async function asking(
  stage: Stage,
  { leg }: Call,
  method: string,
  parts: Partial<OutgoingDialogRequest> = {},
): Promise<{ readonly request: RequestId; readonly heard: Heard<SipRequest> }> {
  const order = withinOrder(stage, method, parts);
  stage.engine.ask(leg, GW, order);
  return { request: order.request, heard: await stage.gateway.hears(method) };
}

/** A reply of the node. */
export function replyOf(stage: Stage, status: number, content: Partial<Content> = {}): DialogReply {
  return { status, reason: 'As Replied', contact: ourContact(stage), ...NOTHING, ...content };
}
