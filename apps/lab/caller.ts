import { type CallerLine, type Host, tcpLine, udpLine } from './caller-line.ts';
import {
  A,
  type Body,
  type CallerType,
  type CallNames,
  cancelText,
  contactLine,
  inviteText,
  refusalAck,
  requestText,
  type Worded,
} from './caller-words.ts';
import { cseqOf, headerOf, readSip, responseTo, type SipText, sdpOf, tagOf } from './sip-text.ts';

const T1_MS = 500;
const T2_MS = 4000;
const PATIENCE_MS = 4000;
const REPEATS_MAX = 10;
const HEARD_MAX = 1000;
/** What it answered so short before its connection broke may not have arrived. */
const ANSWER_DOUBTFUL_MS = 1000;

export type CallerOptions = {
  readonly type: CallerType;
  readonly address: string;
  /** The user of its From; no other call has it. */
  readonly name: string;
  /** What the gateway is to do. */
  readonly dialled: string;
  /** Absent: a small offer. */
  readonly body?: Body | undefined;
  /** How many 200 to the INVITE it lets go by without an ACK. */
  readonly deafTo?: number;
  /** Says that it acknowledges what it hears before the answer. */
  readonly ringsReliably?: boolean;
  /** Sends the INVITE again though it has heard a provisional. */
  readonly insists?: boolean;
  /** How long it waits for what it wants to hear. */
  readonly patienceMs?: number;
};

type Pending = Worded & { readonly method: string };
type Waiter = {
  readonly isWanted: (message: SipText) => boolean;
  readonly tell: (message: SipText | undefined) => void;
};

/** One call of a scripted caller; it gives nothing up, its row decides when it has had enough. */
export class Caller {
  readonly options: CallerOptions;
  names: CallNames;
  #line: CallerLine | undefined;
  #heard: SipText[] = [];
  #waiters = new Set<Waiter>();
  #alarms = new Set<NodeJS.Timeout>();
  /** By CSeq. */
  #pending = new Map<string, Pending>();
  /** The 200 of each dialog, by its To-tag; the first one is the call. */
  #dialogs = new Map<string, SipText>();
  #acks = new Map<string, Worded>();
  /** The last provisional response with a To-tag. */
  #early: SipText | undefined;
  /** The last thing that it was asked, and what it answered. */
  #answered: (Worded & { readonly at: number }) | undefined;
  #deafTo: number;
  #cseq = 1;

  constructor(options: CallerOptions) {
    const { type, address, name, dialled } = options;
    this.options = options;
    this.#deafTo = options.deafTo ?? 0;
    this.names = {
      type,
      transport: type === 'T' ? 'TCP' : 'UDP',
      local: { host: address, port: 5060 },
      name,
      dialled,
      callId: `${name}@${address}`,
    };
  }

  async open(): Promise<this> {
    const { type, address } = this.options;
    const hear = (text: string, source: Host) => this.#hear(text, source);
    this.#line =
      type === 'T' ? tcpLine(address, hear, () => this.#sayAgain()) : await udpLine(address, hear);
    return this;
  }

  invite(): void {
    const { address, body, ringsReliably = false } = this.options;
    const offer = body ?? { type: 'application/sdp', text: sdpOf(address) };
    const text = inviteText(this.names, offer, ringsReliably ? ['Supported: 100rel'] : []);
    this.#begin('INVITE', '1 INVITE', { text, target: A });
  }

  cancel(): void {
    this.#begin('CANCEL', '1 CANCEL', { text: cancelText(this.names), target: A });
  }

  /** A request in the dialog, where there is one; `to` makes it another's. */
  request(method: string, to?: string): void {
    const [answer = this.#early] = this.#dialogs.values();
    this.#ask(method, answer, to);
  }

  /** The first message that is wanted, also an earlier one; nothing once time is up. */
  hears(
    isWanted: (message: SipText) => boolean,
    withinMs = this.options.patienceMs ?? PATIENCE_MS,
  ): Promise<SipText | undefined> {
    const known = this.#heard.find(isWanted);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      const alarm = setTimeout(() => waiter.tell(undefined), withinMs);
      const waiter: Waiter = {
        isWanted,
        tell: (message) => {
          this.#waiters.delete(waiter);
          this.#alarms.delete(alarm);
          clearTimeout(alarm);
          resolve(message);
        },
      };
      this.#alarms.add(alarm);
      this.#waiters.add(waiter);
    });
  }

  /** The final answer to the last request of that method. */
  async final(method: string, withinMs?: number): Promise<number | undefined> {
    const isFirst = method === 'CANCEL' || (method === 'INVITE' && this.#dialogs.size === 0);
    const cseq = `${isFirst ? 1 : this.#cseq} ${method}`;
    const isWanted = (one: SipText) => (one.status ?? 0) >= 200 && cseqOf(one) === cseq;
    return (await this.hears(isWanted, withinMs))?.status;
  }

  close(): void {
    for (const waiter of this.#waiters) waiter.tell(undefined);
    for (const alarm of this.#alarms) clearTimeout(alarm);
    this.#line?.close();
    this.#line = undefined;
  }

  #say({ text, target }: Worded): void {
    this.#line?.say(text, target);
  }

  #hear(text: string, source: Host): void {
    const message = readSip(text);
    if (message === undefined || this.#line === undefined) return;
    if (this.#heard.length < HEARD_MAX) this.#heard.push(message);
    if (message.method === undefined) this.#hearAnswer(message);
    else this.#serve(message, source);
    for (const waiter of this.#waiters) if (waiter.isWanted(message)) waiter.tell(message);
  }

  /** It takes whatever it is asked. */
  #serve(message: SipText, source: Host): void {
    if (message.method === 'ACK') return;
    const isOffer = message.method === 'INVITE';
    const lines = isOffer ? [contactLine(this.names), 'Content-Type: application/sdp'] : [];
    const body = isOffer ? sdpOf(this.options.address, 2) : '';
    const answer = { text: responseTo(message, '200 OK', { lines, body }), target: source };
    this.#answered = { ...answer, at: performance.now() };
    this.#say(answer);
  }

  #hearAnswer(message: SipText): void {
    const status = message.status ?? 0;
    if (status > 100 && status < 200 && cseqOf(message) === '1 INVITE') this.#early = message;
    if (status < 200) return;
    this.#pending.delete(cseqOf(message));
    if (!cseqOf(message).endsWith(' INVITE')) return;
    if (status >= 300) this.#say(refusalAck(this.names, message));
    else if (this.#deafTo > 0) this.#deafTo -= 1;
    else this.#acknowledge(message);
  }

  /** Each dialog of a forked answer gets its ACK, and all but the first one a BYE. */
  #acknowledge(answer: SipText): void {
    const tag = tagOf(headerOf(answer, 'to')) ?? '';
    const key = `${tag} ${cseqOf(answer)}`;
    const known = this.#acks.get(key);
    if (known !== undefined) {
      this.#say(known);
      return;
    }
    const isFurther = this.#dialogs.size > 0 && !this.#dialogs.has(tag);
    this.#dialogs.set(tag, answer);
    const cseq = Number.parseInt(cseqOf(answer), 10);
    const ack = requestText(this.names, { method: 'ACK', cseq, answer });
    this.#acks.set(key, ack);
    this.#say(ack);
    if (isFurther) this.#ask('BYE', answer);
  }

  #ask(method: string, answer: SipText | undefined, to?: string): void {
    this.#cseq += 1;
    const cseq = this.#cseq;
    const body = method === 'INVITE' ? sdpOf(this.options.address, cseq) : '';
    const rseq = answer === undefined ? '' : headerOf(answer, 'rseq');
    const lines = method === 'PRACK' ? [`RAck: ${rseq} 1 INVITE`] : [];
    const worded = requestText(this.names, { method, cseq, answer, to, lines, body });
    this.#begin(method, `${cseq} ${method}`, worded);
  }

  #begin(method: string, cseq: string, worded: Worded): void {
    this.#pending.set(cseq, { method, ...worded });
    this.#say(worded);
    if (this.names.transport === 'UDP') this.#again(cseq, 0);
  }

  /** Timers A and E of a UDP caller. */
  #again(cseq: string, times: number): void {
    const isInvite = cseq.endsWith(' INVITE');
    const waitMs = Math.min(T1_MS * 2 ** times, isInvite ? 64 * T1_MS : T2_MS);
    const alarm = setTimeout(() => {
      this.#alarms.delete(alarm);
      const known = this.#pending.get(cseq);
      if (known === undefined || times >= REPEATS_MAX) return;
      const isHeard = this.#heard.some((one) => one.status !== undefined && cseqOf(one) === cseq);
      if (isInvite && isHeard && this.options.insists !== true) return;
      this.#say(known);
      this.#again(cseq, times + 1);
    }, waitMs);
    this.#alarms.add(alarm);
  }

  /**
   * A connection broke: what nobody has answered yet goes out on the next one, and an answer that
   * may have been lost with it. [3261-17.2.4]
   */
  #sayAgain(): void {
    const { at = -ANSWER_DOUBTFUL_MS } = this.#answered ?? {};
    if (this.#answered !== undefined && performance.now() - at < ANSWER_DOUBTFUL_MS)
      this.#say(this.#answered);
    for (const [cseq, pending] of this.#pending) {
      const isHeard = this.#heard.some((one) => one.status !== undefined && cseqOf(one) === cseq);
      if (!isHeard) this.#say(pending);
    }
  }
}
