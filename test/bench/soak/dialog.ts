import {
  branchOf,
  cseqOf,
  headerOf,
  type SipText,
  sdpOf,
  tagOf,
  uriOf,
  writeSip,
} from '../../../apps/lab/sip-text.ts';
import { Answering, type More, type Serve, typed } from './answering.ts';
import { awaited, Heard, isCalled } from './heard.ts';
import { OpenRequests } from './open-requests.ts';

export type DialogStart = {
  readonly callId: string;
  /** From and To of what it says itself; a tag of the far end is learnt. */
  readonly own: string;
  readonly far: string;
  readonly uri: string;
  /** What Via says: `UDP 127.0.0.1:5060`. */
  readonly via: string;
  readonly contact: string;
  /** By it a gateway knows which call of the driver it is asked for. */
  readonly subject?: string;
  readonly address: string;
  /** Says a text toward the host of a URI, or over the connection that there is. */
  readonly say: (text: string, uri: string) => void;
};

/** What ACK and CANCEL have of their request. */
type Named = {
  readonly cseq: number;
  readonly branch: string;
  readonly uri: string;
  readonly far: string;
};

/** One end of a call, a caller or a gateway, from templates: it shares no code with the node. */
export class Dialog {
  readonly start: DialogStart;
  readonly #heard = new Heard();
  readonly #asking: OpenRequests;
  readonly #answering: Answering;
  #far: string;
  #uri: string;
  #cseq = 0;
  #branches = 0;
  #sdpVersion = 0;
  /** The last one of its own, for the ACK and CANCEL of it. */
  #invite: Named = { cseq: 0, branch: '', uri: '', far: '' };
  #sayLast: (way: string) => void = () => undefined;
  readonly #acks = new Map<string, () => void>();
  /** It hears and says nothing any more. */
  #isGone = false;

  constructor(start: DialogStart) {
    this.start = start;
    this.#far = start.far;
    this.#uri = start.uri;
    this.#asking = new OpenRequests(start.via.startsWith('UDP'));
    this.#answering = new Answering({
      tag: tagOf(start.own),
      contact: start.contact,
      heard: this.#heard,
      offer: () => this.sdp(),
    });
  }

  get farTag(): string {
    return tagOf(this.#far) ?? '';
  }

  sdp(direction?: string): string {
    this.#sdpVersion += 1;
    return sdpOf(this.start.address, this.#sdpVersion, direction);
  }

  /** An INVITE has an offer, unless another body or none is given. */
  invite({ lines = [], body = this.sdp() }: More = {}): Promise<SipText> {
    return this.ask('INVITE', { lines, body });
  }

  /** A request with a CSeq of its own; answers with its final response. */
  ask(method: string, more: More = {}): Promise<SipText> {
    this.#cseq += 1;
    const now = { cseq: this.#cseq, branch: this.#newBranch(), uri: this.#uri, far: this.#far };
    if (method === 'INVITE') this.#invite = now;
    return this.#begin(method, now, more);
  }

  /** The same, where only one of these answers is right. */
  must(method: string, statuses: readonly number[], more: More = {}): Promise<SipText> {
    return awaited(this.ask(method, more).then((answer) => rightly(answer, statuses)));
  }

  cancel(): Promise<SipText> {
    return this.#begin('CANCEL', this.#invite, {});
  }

  /** Of a 2xx to its INVITE; said again when that comes again. */
  ack(answer: SipText, more: More = {}): void {
    const uri = this.#uri;
    const { cseq } = this.#invite;
    const named = { cseq, branch: this.#newBranch(), uri, far: this.#far };
    const text = this.#write('ACK', named, more);
    const say = () => this.#say(text, uri);
    this.#acks.set(cseqOf(answer), say);
    say();
  }

  /** For the reliable provisional that was heard. */
  prack(provisional: SipText, more: More = {}): Promise<SipText> {
    const rack = `RAck: ${headerOf(provisional, 'rseq')} ${cseqOf(provisional)}`;
    return this.must('PRACK', [200], { ...more, lines: [rack] });
  }

  /** Its last request once more, byte for byte, or as it comes by another way. */
  sayAgain(way = ''): void {
    this.#sayLast(way);
  }

  /** A dialog that there is not. */
  claim(farTag: string): void {
    this.#far = `${this.start.far};tag=${farTag}`;
  }

  /** A method, or a status of an INVITE: the first one that nobody has waited for yet. */
  hears(what: string, ms?: number): Promise<SipText> {
    return this.#heard.next(what, isCalled(what), ms);
  }

  serve(method: string, how: Serve): void {
    this.#answering.serve(method, how);
  }

  /** The next request of that method is for the scenario to answer. */
  leaveOpen(method: string): void {
    this.#answering.leaveOpen(method);
  }

  /** From now on its 2xx say this, too. */
  always(lines: readonly string[]): void {
    this.#answering.always(lines);
  }

  /** Says something to the open request. */
  reply(status: string, more?: More): void {
    this.#answering.reply(status, more);
  }

  accept(more: More = { body: this.sdp() }): Promise<SipText> {
    return this.#answering.accept(more);
  }

  refuse(status: string, more?: More): Promise<SipText> {
    return this.#answering.refuse(status, more);
  }

  settle(): Promise<void> {
    return this.#answering.settle();
  }

  vanish(): void {
    this.#isGone = true;
    this.#asking.close();
  }

  hear(message: SipText, answer: (text: string) => void): void {
    if (this.#isGone) return;
    if (message.status === undefined)
      this.#answering.hear(message, (text) => this.#isGone || answer(text));
    else this.#hearResponse(message);
  }

  #hearResponse(message: SipText): void {
    const { status = 0 } = message;
    const cseq = cseqOf(message);
    const isOfInvite = cseq.endsWith(' INVITE');
    if (isOfInvite && status > 100 && status < 300) this.#learn(message);
    if (isOfInvite && status >= 300) this.#acknowledgeRefusal(message);
    if (isOfInvite && status >= 200) this.#acks.get(cseq)?.();
    if (this.#asking.hear(message) && status < 200) this.#heard.note(message);
  }

  #learn(message: SipText): void {
    this.#far = headerOf(message, 'to');
    const contact = headerOf(message, 'contact');
    if (contact !== '') this.#uri = uriOf(contact);
  }

  /** It has the branch of its INVITE, which may have come by several ways. [3261-17.1.1.3] */
  #acknowledgeRefusal(message: SipText): void {
    const { cseq, uri } = this.#invite;
    const named = { cseq, branch: branchOf(message), uri, far: headerOf(message, 'to') };
    this.#say(this.#write('ACK', named, {}), uri);
  }

  #begin(method: string, named: Named, more: More): Promise<SipText> {
    const text = this.#write(method, named, more);
    const { branch, uri } = named;
    this.#sayLast = (way) => this.#say(text.replace(branch, `${branch}${way}`), uri);
    return this.#asking.begin(`${named.cseq} ${method}`, () => this.#say(text, uri));
  }

  #write(method: string, named: Named, { lines = [], body = '' }: More): string {
    const { cseq, branch, uri, far } = named;
    const { via, own, callId, contact, subject } = this.start;
    const all = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${via};branch=${branch};rport`,
      ...(lines.some((line) => line.startsWith('Max-Forwards:')) ? [] : ['Max-Forwards: 70']),
      `From: ${own}`,
      `To: ${far}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <${contact}>`,
      ...(subject === undefined ? [] : [`Subject: ${subject}`]),
      ...typed(lines, body),
    ];
    return writeSip(all, body);
  }

  #newBranch(): string {
    this.#branches += 1;
    return `z9hG4bK${this.start.callId}${tagOf(this.start.own)}${this.#branches}`;
  }

  #say(text: string, uri: string): void {
    if (!this.#isGone) this.start.say(text, uri);
  }
}

export function rightly(answer: SipText, statuses: readonly number[]): SipText {
  if (statuses.includes(answer.status ?? 0)) return answer;
  throw new Error(`${cseqOf(answer)} came to ${answer.first}`);
}
