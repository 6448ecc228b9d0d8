import type { Address } from '../../lib/sip/address.ts';
import { writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parse } from '../../lib/sip/parse.ts';
import { A, B, U } from '../support/virtual-site.ts';
import type { Line } from './script.ts';

/** A gateway may name an address of the site as its own. */
const OURS: Readonly<Record<string, Address>> = { A, U, B };

const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 203.0.113.7',
  's=-',
  'c=IN IP4 203.0.113.7',
  't=0 0',
  'm=audio 4000 RTP/AVP 8',
  '',
].join('\r\n');

const write = (start: string, headers: readonly string[], sdp: boolean): Buffer => {
  const body = sdp ? SDP : '';
  const type = sdp ? ['Content-Type: application/sdp'] : [];
  const length = `Content-Length: ${body.length}`;
  return Buffer.from([start, ...headers, ...type, length, '', body].join('\r\n'), 'latin1');
};

/** A caller that does exactly what its lines say, written without any of our machines. */
export class ScriptedCaller {
  readonly #me: Address;
  readonly #uri: string;
  readonly #tags: string[] = [];
  readonly #heard = new Map<string, SipRequest>();
  #contact = '';
  #lastFinal = 0;
  #branches = 0;

  constructor(me: Address, uri: string) {
    this.#me = me;
    this.#uri = uri;
  }

  /** The forks seen so far, by their To-tags. */
  forkOf(tag: string | undefined): number {
    return tag === undefined ? 0 : this.#tags.indexOf(tag) + 1;
  }

  hear(bytes: Buffer): void {
    const message = parse(bytes);
    if (message.kind === 'request') this.#heard.set(message.method, message);
    if (message.kind !== 'response' || message.cseq.method !== 'INVITE') return;
    const { tag } = message.to;
    if (tag !== undefined && !this.#tags.includes(tag)) this.#tags.push(tag);
    if (message.status >= 200) this.#lastFinal = message.status;
    const contact = contactUri(headerValue(message.headers, 'contact') ?? '');
    if (contact !== undefined) this.#contact = contact;
  }

  say(line: Line): Buffer {
    const cseq = Number(line.options.get('cseq') ?? (line.what === 'BYE' ? 2 : 1));
    const fork = Number(line.options.get('fork') ?? 1);
    const inDialog = line.what === 'BYE' || line.what === 'ACK' || cseq > 1;
    const tag = inDialog ? `;tag=${this.#tags[fork - 1]}` : '';
    const acksRefusal = line.what === 'ACK' && this.#lastFinal >= 300;
    const first = !inDialog || (acksRefusal && cseq === 1);
    const uri = first ? this.#uri : this.#contact;
    const own = line.what === 'ACK' && !acksRefusal ? `ack${++this.#branches}` : `own${cseq}`;
    // The way of a further INVITE of the same call, and of its CANCEL and ACK.
    const way = line.options.get('way');
    const initial = way === undefined ? 'first' : `way-${way}`;
    const branch = `z9hG4bK${first ? initial : own}`;
    const hops = line.options.get('max-forwards') ?? '70';
    const required = line.options.get('require');
    const headers = [
      `Via: SIP/2.0/UDP ${writeAddress(this.#me)};branch=${branch};rport`,
      `Max-Forwards: ${hops}`,
      'From: "A Caller" <sip:+46701234567@op.example>;tag=caller',
      `To: <${this.#uri}>${tag}`,
      'Call-ID: the-call@op.example',
      `CSeq: ${cseq} ${line.what}`,
      `Contact: <sip:caller@${writeAddress(this.#me)}>`,
      ...(required === undefined ? [] : [`Require: ${required}`]),
    ];
    return write(`${line.what} ${uri} SIP/2.0`, headers, line.sdp);
  }

  /** What it says to a request of ours. */
  respond(line: Line): Buffer {
    const request = this.#heard.get(line.of);
    if (request === undefined) throw new Error(`the caller has heard no ${line.of}`);
    return respondTo(line, request, undefined, this.#me);
  }
}

/** A gateway that does exactly what its lines say. */
export class ScriptedGateway {
  readonly #me: Address;
  readonly #heard = new Map<string, SipRequest>();
  #first: SipRequest | undefined;
  #lastFinal = 0;
  #acks = 0;
  readonly #ownTag: string;

  constructor(me: Address, name: string) {
    this.#me = me;
    this.#ownTag = `${name}-tag`;
  }

  hear(bytes: Buffer): void {
    const message = parse(bytes);
    if (message.kind === 'request') this.#heard.set(message.method, message);
    if (message.kind === 'request') this.#first ??= message;
    if (message.kind !== 'response' || message.cseq.method !== 'INVITE') return;
    if (message.status >= 200) this.#lastFinal = message.status;
  }

  say(line: Line): Buffer {
    if (/^\d/.test(line.what)) {
      const tag = line.what === '100' ? undefined : (line.options.get('tag') ?? this.#ownTag);
      return respondTo(line, this.#last(line.of), tag, this.#me);
    }
    const invite = this.#first ?? this.#last('INVITE');
    const back = line.options.get('back');
    if (back !== undefined) return sendBack(line, invite, back, this.#me);
    const cseq = line.options.get('cseq') ?? '1';
    const own = line.what === 'ACK' && this.#lastFinal < 300 ? `ack${++this.#acks}` : cseq;
    const transaction = line.what === 'ACK' && this.#lastFinal >= 300 ? 'INVITE' : line.what;
    const headers = [
      `Via: SIP/2.0/UDP ${writeAddress(this.#me)};branch=z9hG4bKgw${transaction}${own};rport`,
      'Max-Forwards: 70',
      `From: ${headerValue(invite.headers, 'to')};tag=${line.options.get('tag') ?? this.#ownTag}`,
      `To: ${headerValue(invite.headers, 'from')}`,
      `Call-ID: ${invite.callId}`,
      `CSeq: ${cseq} ${line.what}`,
      `Contact: <sip:gateway@${writeAddress(this.#me)}>`,
    ];
    const uri = contactUri(headerValue(invite.headers, 'contact') ?? '');
    return write(`${line.what} ${uri} SIP/2.0`, headers, line.sdp);
  }

  #last(method: string): SipRequest {
    const request = this.#heard.get(method);
    if (request === undefined) throw new Error(`this gateway has heard no ${method}`);
    return request;
  }
}

function respondTo(line: Line, request: SipRequest, tag: string | undefined, me: Address): Buffer {
  const to = headerValue(request.headers, 'to') ?? '';
  const withTag = tag === undefined || request.to.tag !== undefined ? to : `${to};tag=${tag}`;
  const headers = [
    ...headerValues(request.headers, 'via').map((via) => `Via: ${via}`),
    `From: ${headerValue(request.headers, 'from')}`,
    `To: ${withTag}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    `Contact: <sip:gateway@${writeAddress(OURS[line.options.get('contact') ?? ''] ?? me)}>`,
  ];
  return write(`SIP/2.0 ${line.what} As Scripted`, headers, line.sdp);
}

/** Our INVITE as a proxy or a B2BUA sends it on to the site, and the ACK of what it is told. */
function sendBack(line: Line, invite: SipRequest, by: string, me: Address): Buffer {
  const hops = Number(headerValue(invite.headers, 'max-forwards')) - 1;
  const isProxy = by === 'proxy';
  const from = headerValue(invite.headers, 'from') ?? '';
  const headers = [
    `Via: SIP/2.0/UDP ${writeAddress(me)};branch=z9hG4bKback;rport`,
    ...(isProxy ? headerValues(invite.headers, 'via').map((via) => `Via: ${via}`) : []),
    `Max-Forwards: ${hops}`,
    `From: ${by === 'stranger' ? from.replace(/;tag=.*/, ';tag=new') : from}`,
    `To: ${headerValue(invite.headers, 'to')}`,
    `Call-ID: ${isProxy ? invite.callId : 'made-by-the-b2bua'}`,
    `CSeq: ${invite.cseq.number} ${line.what}`,
    `Contact: <sip:gateway@${writeAddress(me)}>`,
  ];
  const user = /^sip:(\w+)@/.exec(invite.uri)?.[1] ?? '';
  return write(`${line.what} sip:${user}@192.0.2.112 SIP/2.0`, headers, line.sdp);
}
