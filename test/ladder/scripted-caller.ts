import { headerValue } from '../../lib/sip/headers.ts';
import type { SipFault, SipMessage, SipRequest, SipResponse } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
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

/** A caller that does exactly what its lines say, written without any of our machines. */
export class ScriptedCaller {
  readonly #home: Home;
  readonly #scene: Scene;
  readonly #tags: string[] = [];
  readonly #heard = new Map<string, SipRequest>();
  #contact = '';
  /** Of the last reliable response. */
  #rseq = '';
  #lastFinal = 0;
  #branches = 0;

  constructor(home: Home, scene: Scene) {
    this.#home = home;
    this.#scene = scene;
  }

  /** The forks are counted by their To-tags, in the order in which they are seen. */
  forkOf({ to: { tag }, cseq }: SipResponse): number {
    if (tag === undefined) return 0;
    if (cseq.method === 'INVITE' && !this.#tags.includes(tag)) this.#tags.push(tag);
    return this.#tags.indexOf(tag) + 1;
  }

  hear(message: SipMessage | SipFault): void {
    if (message.kind === 'request') this.#heard.set(message.method, message);
    if (message.kind !== 'response' || message.cseq.method !== 'INVITE') return;
    if (message.status >= 200) this.#lastFinal = message.status;
    const contact = contactUri(headerValue(message.headers, 'contact') ?? '');
    if (contact !== undefined) this.#contact = contact;
    this.#rseq = headerValue(message.headers, 'rseq') ?? this.#rseq;
  }

  /** A request of its own, or what it says to one of ours. */
  say(line: Line): Buffer {
    if (!/^\d/.test(line.what)) return this.#ask(line);
    const request = this.#heard.get(line.of);
    if (request === undefined) throw new Error(`the caller has heard no ${line.of}`);
    return scriptedResponse(line, request, undefined, this.#home, this.#scene.places);
  }

  #ask(line: Line): Buffer {
    const { dialled, callId } = this.#scene;
    const cseq = Number(line.options.get('cseq') ?? (line.what === 'BYE' ? 2 : 1));
    const fork = Number(line.options.get('fork') ?? 1);
    const inDialog = line.what === 'BYE' || line.what === 'ACK' || cseq > 1;
    const tag = inDialog ? `;tag=${this.#tags[fork - 1]}` : '';
    const acksRefusal = line.what === 'ACK' && this.#lastFinal >= 300;
    const first = !inDialog || (acksRefusal && cseq === 1);
    const uri = first ? dialled : this.#contact;
    const own = line.what === 'ACK' && !acksRefusal ? `ack${++this.#branches}` : `own${cseq}`;
    // The way of a further INVITE of the same call, and of its CANCEL and ACK.
    const way = line.options.get('way');
    const initial = way === undefined ? 'first' : `way-${way}`;
    const hops = line.options.get('max-forwards') ?? '70';
    const required = line.options.get('require');
    const supported = line.options.get('supports');
    const priority = line.options.get('priority');
    const headers = [
      viaOf(this.#home, `z9hG4bK${first ? initial : own}`),
      `Max-Forwards: ${hops}`,
      'From: "A Caller" <sip:+46701234567@op.example>;tag=caller',
      `To: <${dialled}>${tag}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${line.what}`,
      contactOf(this.#home, 'caller'),
      ...(required === undefined ? [] : [`Require: ${required}`]),
      ...(supported === undefined ? [] : [`Supported: ${supported}`]),
      ...(line.what === 'PRACK' ? [`RAck: ${this.#rseq} 1 INVITE`] : []),
      ...sessionLines(line),
      ...referLines(line, this.#scene),
      ...(priority === undefined ? [] : [`Priority: ${priority}`]),
    ];
    return scriptedMessage(`${line.what} ${uri} SIP/2.0`, headers, line.sdp);
  }
}
