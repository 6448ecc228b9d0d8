import { writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import type { SipFault, SipMessage, SipRequest } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { placeOf } from './places.ts';
import type { Line } from './script.ts';
import {
  contactOf,
  type Home,
  type Scene,
  scriptedMessage,
  scriptedResponse,
  sessionLines,
  viaOf,
} from './scripted-message.ts';

/** A gateway that does exactly what its lines say. */
export class ScriptedGateway {
  readonly #home: Home;
  readonly #scene: Scene;
  readonly #heard = new Map<string, SipRequest>();
  #first: SipRequest | undefined;
  #lastFinal = 0;
  #acks = 0;
  readonly #ownTag: string;

  constructor(home: Home, name: string, scene: Scene) {
    this.#home = home;
    this.#scene = scene;
    this.#ownTag = `${name}-tag`;
  }

  hear(message: SipMessage | SipFault): void {
    if (message.kind === 'request') this.#heard.set(message.method, message);
    if (message.kind === 'request') this.#first ??= message;
    if (message.kind !== 'response' || message.cseq.method !== 'INVITE') return;
    if (message.status >= 200) this.#lastFinal = message.status;
  }

  say(line: Line): Buffer {
    if (/^\d/.test(line.what)) {
      const tag = line.what === '100' ? undefined : (line.options.get('tag') ?? this.#ownTag);
      const request = this.#last(line.of);
      return scriptedResponse(line, request, tag, this.#home, this.#scene.places);
    }
    const invite = this.#first ?? this.#last('INVITE');
    const back = line.options.get('back');
    if (back !== undefined) return this.#sendBack(line, invite, back);
    const cseq = line.options.get('cseq') ?? '1';
    const acksRefusal = line.what === 'ACK' && this.#lastFinal >= 300;
    const own = line.what === 'ACK' && !acksRefusal ? `ack${++this.#acks}` : cseq;
    // A CANCEL and the ACK of a refusal belong to their INVITE.
    const transaction = acksRefusal || line.what === 'CANCEL' ? 'INVITE' : line.what;
    const headers = [
      viaOf(this.#home, `z9hG4bKgw${transaction}${own}`),
      'Max-Forwards: 70',
      `From: ${headerValue(invite.headers, 'to')};tag=${line.options.get('tag') ?? this.#ownTag}`,
      `To: ${headerValue(invite.headers, 'from')}`,
      `Call-ID: ${invite.callId}`,
      `CSeq: ${cseq} ${line.what}`,
      contactOf(this.#home, 'gateway'),
      ...sessionLines(line),
    ];
    const uri = contactUri(headerValue(invite.headers, 'contact') ?? '');
    return scriptedMessage(`${line.what} ${uri} SIP/2.0`, headers, line.sdp);
  }

  #last(method: string): SipRequest {
    const request = this.#heard.get(method);
    if (request === undefined) throw new Error(`this gateway has heard no ${method}`);
    return request;
  }

  /** Our INVITE as a proxy or a B2BUA sends it on to the site, and the ACK of what it is told. */
  #sendBack(line: Line, invite: SipRequest, by: string): Buffer {
    const hops = Number(headerValue(invite.headers, 'max-forwards')) - 1;
    const isProxy = by === 'proxy';
    const from = headerValue(invite.headers, 'from') ?? '';
    const headers = [
      viaOf(this.#home, 'z9hG4bKback'),
      ...(isProxy ? headerValues(invite.headers, 'via').map((via) => `Via: ${via}`) : []),
      `Max-Forwards: ${hops}`,
      `From: ${by === 'stranger' ? from.replace(/;tag=.*/, ';tag=new') : from}`,
      `To: ${headerValue(invite.headers, 'to')}`,
      `Call-ID: ${isProxy ? invite.callId : `b2bua-${this.#scene.callId}`}`,
      `CSeq: ${invite.cseq.number} ${line.what}`,
      contactOf(this.#home, 'gateway'),
    ];
    const user = /^sip:(\w+)@/.exec(invite.uri)?.[1] ?? '';
    const to = writeAddress(placeOf(line.to, this.#scene.places));
    return scriptedMessage(`${line.what} sip:${user}@${to} SIP/2.0`, headers, line.sdp);
  }
}
