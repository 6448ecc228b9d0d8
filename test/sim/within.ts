import type { Address } from '../../lib/sip/address.ts';
import type { SipRequest, SipResponse } from '../../lib/sip/message.ts';
import { type Repeater, repeat, response, SDP } from './wire.ts';

/** One request that a peer will send within its dialog, this long after the answer. */
export type AskPlan = { readonly afterMs: number; readonly method: 'INVITE' | 'INFO' | 'UPDATE' };

/** How a peer behaves within its dialog. */
export type WithinPlan = {
  readonly asks: readonly AskPlan[];
  /** Whether it agrees to a re-INVITE of the other side, or refuses it with 488. */
  readonly agrees: boolean;
};

export type WithinMeans = {
  readonly me: Address;
  readonly after: (delayMs: number, run: () => void) => void;
  readonly request: (method: string, cseq: number, branch: string, body: string) => Buffer;
  readonly send: (bytes: Buffer) => void;
  readonly isUp: () => boolean;
  /** Whether the first answer was acknowledged. */
  readonly isSettled: () => boolean;
  readonly complain: (what: string) => void;
};

/** Long after Timer B and a few rounds of glare. */
const ANSWER_MS_MAX = 60_000;

type Ask = { readonly branch: string; repeater: Repeater; ack: Buffer | undefined; done: boolean };

/** What a peer of the simulation asks and answers within a dialog, after RFC 3261. */
export class Within {
  readonly #plan: WithinPlan;
  readonly #means: WithinMeans;
  /** By CSeq number. */
  readonly #asks = new Map<number, Ask>();
  /** Answers given, by branch. */
  readonly #answers = new Map<string, Buffer>();
  /** Repetitions of our finals, by CSeq number. */
  readonly #owedAcks = new Map<number, Repeater>();
  #cseq: number;

  constructor(plan: WithinPlan, cseq: number, means: WithinMeans) {
    this.#plan = plan;
    this.#cseq = cseq;
    this.#means = means;
  }

  begin(): void {
    for (const { afterMs, method } of this.#plan.asks) {
      this.#means.after(afterMs, () => this.#ask(method));
    }
  }

  nextCseq(): number {
    this.#cseq += 1;
    return this.#cseq;
  }

  stop(): void {
    for (const { repeater } of this.#asks.values()) repeater.stop();
    for (const repeater of this.#owedAcks.values()) repeater.stop();
  }

  get #isChanging(): boolean {
    const isOpen = [...this.#asks.values()].some(
      ({ branch, done }) => branch.startsWith('INVITE') && !done,
    );
    return isOpen || this.#owedAcks.size > 0;
  }

  #ask(method: AskPlan['method']): void {
    const { after, request, send, isUp, complain } = this.#means;
    if (!isUp() || !this.#means.isSettled() || (method === 'INVITE' && this.#isChanging)) return;
    const cseq = this.nextCseq();
    const branch = `${method}${cseq}`;
    const bytes = request(method, cseq, branch, method === 'INFO' ? '' : SDP);
    const repeater = repeat(after, () => send(bytes), 4000);
    const ask: Ask = { branch, repeater, ack: undefined, done: false };
    this.#asks.set(cseq, ask);
    after(ANSWER_MS_MAX, () => {
      if (!ask.done && isUp()) complain(`its ${method} ${cseq} was never answered`);
    });
  }

  /** Answers whether the response is one to a request of this kind. */
  hearResponse({ cseq, status }: SipResponse): boolean {
    const ask = this.#asks.get(cseq.number);
    if (ask === undefined) return false;
    if (cseq.method === 'INVITE' || status >= 200) ask.repeater.stop();
    if (status < 200) return true;
    ask.done = true;
    if (cseq.method !== 'INVITE') return true;
    const branch = status < 300 ? `ACK${cseq.number}` : ask.branch;
    ask.ack ??= this.#means.request('ACK', cseq.number, branch, '');
    this.#means.send(ask.ack);
    return true;
  }

  /** Answers whether the request is of this kind. */
  hearRequest(request: SipRequest, reply: (bytes: Buffer) => void): boolean {
    const { method, cseq, via } = request;
    if (method === 'ACK') {
      this.#owedAcks.get(cseq.number)?.stop();
      return this.#owedAcks.delete(cseq.number);
    }
    if (!['INVITE', 'INFO', 'UPDATE', 'OPTIONS'].includes(method)) return false;
    const key = `${method} ${via.branch}`;
    const known = this.#answers.get(key);
    if (known !== undefined) {
      reply(known);
      return true;
    }
    const status = this.#verdict(method);
    if (method === 'INVITE') reply(response(request, 100, {}));
    const body = method === 'INFO' || method === 'OPTIONS' || status !== 200 ? '' : SDP;
    const bytes = response(request, status, { contact: this.#means.me, body });
    this.#answers.set(key, bytes);
    reply(bytes);
    if (method !== 'INVITE') return true;
    const repeater = repeat(this.#means.after, () => reply(bytes), 4000);
    this.#owedAcks.set(cseq.number, repeater);
    return true;
  }

  #verdict(method: string): number {
    if (!this.#means.isUp()) return 481;
    if (method !== 'INVITE') return 200;
    if (this.#isChanging || !this.#means.isSettled()) return 491;
    return this.#plan.agrees ? 200 : 488;
  }
}
