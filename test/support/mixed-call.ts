import { type Address, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { Tag } from '../../lib/sip/ids.ts';
import type { SipMessage, SipRequest } from '../../lib/sip/message.ts';
import { uriUser } from '../../lib/sip/uri.ts';
import type { End, Letter } from './any-end.ts';
import { contactOf, request, type Said } from './tcp-caller.ts';

type Wanted = Partial<Pick<Said, 'uri' | 'toTag' | 'body' | 'branchOf'>>;

/** A call through the site whose two ends the test plays, each by a transport of its own. */
export type MixedCall = {
  readonly callId: string;
  readonly caller: End;
  readonly callee: End;
  /** Of the caller, to that place, or to what it has dialled. */
  says(method: string, cseq: number, wanted?: Wanted, to?: Address): Promise<void>;
  callerTold(status: number, method?: string, cseq?: number): Promise<SipMessage>;
  callerAsked(method: string): Promise<Letter<SipRequest>>;
  /** The INVITE that begins leg b. */
  calleeInvited(): Promise<Letter<SipRequest>>;
  /** 200 to a request of the callee. */
  calleeTold(method: string): Promise<SipMessage>;
  /** Within the dialog of that INVITE; `body` where several are alike. */
  calleeAsked(method: string, body?: string): Promise<Letter<SipRequest>>;
};

export type MixedParts = {
  readonly callId: string;
  readonly user: string;
  readonly caller: End;
  readonly callee: End;
  readonly dialled: Address;
};

export function mixedCall({ callId, user, caller, callee, dialled }: MixedParts): MixedCall {
  const { transport } = caller;
  const uri = `sip:${user}@${writeAddress(dialled)};transport=${transport}`;
  const said = { callId, from: caller.local, to: dialled, transport, uri };
  const isOurs = (message: SipMessage) => message.callId === callId;
  let legB: string | undefined;
  const calleeInvited = async () => {
    const invite = await callee.asked(
      `the INVITE of ${callId}`,
      ({ method, to, uri: asked }) =>
        method === 'INVITE' && to.tag === undefined && uriUser(asked) === user,
    );
    legB = invite.message.callId;
    return invite;
  };
  return {
    callId,
    caller,
    callee,
    says: (method, cseq, wanted = {}, to = dialled) =>
      caller.send(request(method, { ...said, ...wanted, cseq }), to),
    callerTold: (status, method = 'INVITE', cseq = 1) =>
      caller.told(
        `${status} to ${method} of ${callId}`,
        (message) =>
          isOurs(message) &&
          message.kind === 'response' &&
          message.status === status &&
          message.cseq.method === method &&
          message.cseq.number === cseq,
      ),
    callerAsked: (method) =>
      caller.asked(
        `${method} to the caller of ${callId}`,
        (asked) => isOurs(asked) && asked.method === method,
      ),
    calleeInvited,
    calleeTold: (method) =>
      callee.told(
        `200 to ${method} of the callee of ${callId}`,
        (message) => message.callId === legB && isOkTo(message, method),
      ),
    calleeAsked: (method, body) =>
      callee.asked(
        `${method} to the callee of ${callId}`,
        (asked) =>
          asked.callId === legB &&
          asked.method === method &&
          (body === undefined || asked.body === body),
      ),
  };
}

function isOkTo(message: SipMessage, method: string): boolean {
  return message.kind === 'response' && message.status === 200 && message.cseq.method === method;
}

/** Both ends of a call that has been answered. */
export type Talking = MixedCall & {
  readonly invite: Letter<SipRequest>;
  /** Where the caller goes on. */
  readonly contact: ReturnType<typeof contactOf>;
  readonly toTag: Tag | undefined;
  /** Of the caller, within the dialog; absent: to where the Contact says. */
  readonly saysOn: (method: string, cseq: number, body?: string, to?: Address) => Promise<void>;
  /** ACK, and OPTIONS with the next number: once that is answered, the ACK has been heard. */
  readonly confirms: (cseq: number, body?: string, to?: Address) => Promise<void>;
  /** Of the callee, within the dialog, by the way that the INVITE came. */
  readonly calleeSays: (method: string, cseq: number, body?: string) => void;
};

/** Rings and is answered, with these bodies in INVITE, 200 and ACK. */
export async function answered(
  call: MixedCall,
  [offer, answer, last]: readonly [string, string, string],
): Promise<Talking> {
  await call.says('INVITE', 1, { body: offer });
  const invite = await call.calleeInvited();
  call.callee.answer(invite, '180 Ringing');
  await call.callerTold(180);
  call.callee.answer(invite, '200 OK', answer);
  const ok = await call.callerTold(200);
  const contact = contactOf(ok);
  const toTag = ok.to.tag;
  const saysOn: Talking['saysOn'] = (method, cseq, body = '', to = contact.at) =>
    call.says(method, cseq, { uri: contact.uri, toTag, body }, to);
  const talking: Talking = {
    ...call,
    invite,
    contact,
    toTag,
    saysOn,
    async confirms(cseq, body, to) {
      await saysOn('ACK', cseq, body, to);
      await saysOn('OPTIONS', cseq + 1, '', to);
      await call.callerTold(200, 'OPTIONS', cseq + 1);
    },
    calleeSays: (method, cseq, body = '') =>
      invite.say(backwards(invite.message, method, { cseq, body, ...call.callee })),
  };
  await talking.confirms(1, last);
  const ack = await call.calleeAsked('ACK');
  for (const [what, said, heard] of [
    ['offer', offer, invite.message.body],
    ['answer', answer, ok.body],
    ['ACK', last, ack.message.body],
  ] as const) {
    if (said !== heard) throw new Error(`${call.callId}: of the ${what} came ${heard}`);
  }
  return talking;
}

type Backwards = {
  readonly cseq: number;
  readonly body: string;
  readonly local: Address;
  readonly transport: Transport;
};

/** A request of the callee in the dialog that its answers to this INVITE made. */
function backwards(invite: SipRequest, method: string, said: Backwards): string {
  const { cseq, body, local, transport } = said;
  const way = transport.toUpperCase();
  return [
    `${method} ${contactOf(invite).uri} SIP/2.0`,
    `Via: SIP/2.0/${way} ${writeAddress(local)};branch=z9hG4bK${invite.callId}${method}${cseq}`,
    'Max-Forwards: 70',
    `From: ${headerValue(invite.headers, 'to')};tag=answering`,
    `To: ${headerValue(invite.headers, 'from')}`,
    `Call-ID: ${invite.callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:answering@${writeAddress(local)};transport=${transport}>`,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
