import { writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import type { SipFault, SipMessage, SipRequest, SipResponse } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { placeOf } from './places.ts';
import type { Line } from './script.ts';
import {
  contactOf,
  type Home,
  referLines,
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
  readonly #name: string;
  /** What the site said to an INVITE of its own. */
  #answer: SipResponse | undefined;

  constructor(home: Home, name: string, scene: Scene) {
    this.#home = home;
    this.#scene = scene;
    this.#ownTag = `${name}-tag`;
    this.#name = name;
  }

  hear(message: SipMessage | SipFault): void {
    if (message.kind === 'request') this.#heard.set(message.method, message);
    if (message.kind === 'request') this.#first ??= message;
    if (message.kind !== 'response' || message.cseq.method !== 'INVITE') return;
    if (message.status >= 200) this.#lastFinal = message.status;
    if (message.callId.startsWith('joining')) this.#answer = message;
  }

  say(line: Line): Buffer {
    if (/^\d/.test(line.what)) {
      const tag = line.what === '100' ? undefined : (line.options.get('tag') ?? this.#ownTag);
      const request = this.#last(line.of);
      this.#tellDialog(request, tag);
      return scriptedResponse(line, request, tag, this.#home, this.#scene.places);
    }
    if (line.options.has('join') || this.#answer !== undefined) return this.#ofItsOwn(line);
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
      ...referLines(line, this.#scene),
    ];
    const uri = contactUri(headerValue(invite.headers, 'contact') ?? '');
    return scriptedMessage(`${line.what} ${uri} SIP/2.0`, headers, line.sdp);
  }

  /** The site is the one that will get a Replaces: its tag is the local one there. [3891-6.1] */
  #tellDialog({ from, callId }: SipRequest, tag: string | undefined): void {
    const value = `${callId};to-tag=${from.tag};from-tag=${tag}`;
    if (tag !== undefined && from.tag !== undefined) this.#scene.dialogs.set(this.#name, value);
  }

  /** An INVITE that wants the place of another gateway, `join=g1`, and what follows in its dialog. */
  #ofItsOwn(line: Line): Buffer {
    const { places, dialogs, callId } = this.#scene;
    const replaced = dialogs.get(line.options.get('join') ?? '');
    const tag = this.#answer?.to.tag;
    const cseq = line.options.get('cseq') ?? (line.what === 'BYE' ? '2' : '1');
    const refused = line.what === 'ACK' && this.#lastFinal >= 300;
    const isFirst = replaced !== undefined || refused || line.what === 'CANCEL';
    const contact = contactUri(headerValue(this.#answer?.headers ?? [], 'contact') ?? '');
    const uri = isFirst ? `sip:desk@${writeAddress(placeOf(line.to, places))}` : contact;
    const headers = [
      viaOf(this.#home, `z9hG4bKown${isFirst ? 'INVITE' : line.what}${cseq}`),
      'Max-Forwards: 70',
      `From: <sip:desk@psap.example>;tag=${this.#ownTag}`,
      `To: <sip:desk@landfall.example>${tag === undefined || replaced !== undefined ? '' : `;tag=${tag}`}`,
      `Call-ID: joining-${callId}`,
      `CSeq: ${cseq} ${line.what}`,
      contactOf(this.#home, 'gateway'),
      ...(replaced === undefined ? [] : ['Require: replaces', `Replaces: ${replaced}`]),
    ];
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
