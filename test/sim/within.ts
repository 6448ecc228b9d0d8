import type { Address } from '../../lib/sip/address.ts';
import type { SipRequest, SipResponse } from '../../lib/sip/message.ts';
import type { Session } from './session.ts';
import { type Repeater, repeat, response } from './wire.ts';

/** One request that a peer will send within its dialog, this long after the answer. */
export type AskPlan = {
  readonly afterMs: number;
  readonly method: 'INVITE' | 'INFO' | 'UPDATE';
  /** Takes its re-INVITE back so long after; absent: waits. */
  readonly patienceMs: number | undefined;
};

/** How a peer behaves within its dialog. */
export type WithinPlan = {
  readonly asks: readonly AskPlan[];
  /** Whether it agrees to a re-INVITE of the other side, or refuses it with 488. */
  readonly agrees: boolean;
  /** How long it rings for that before it says so. */
  readonly thinksMs: number;
};

export type WithinMeans = {
  readonly me: Address;
  readonly session: Session;
  readonly after: (delayMs: number, run: () => void) => void;
  readonly request: (method: string, cseq: number, branch: string, body: string) => Buffer;
  readonly send: (bytes: Buffer) => void;
  readonly isUp: () => boolean;
  /** Whether the first answer was acknowledged. */
  readonly isSettled: () => boolean;
  /** Whether its request was said to ring, heard or lost on the way. */
  readonly isRung: (cseq: number) => boolean;
  readonly complain: (what: string) => void;
};

/** Long after Timer B and a few rounds of glare; who rings may take longer. */
const ANSWER_MS_MAX = 60_000;
/** Timer C for a far end that has said 100 and dies, and the way. */
const INVITE_MS_MAX = 190_000;

type Ask = {
  readonly branch: string;
  readonly offer: string;
  readonly repeater: Repeater;
  ack: Buffer | undefined;
  done: boolean;
  heard: boolean;
  /** Absent before it is to be taken back; sent once something was heard. */
  cancel: Buffer | undefined;
  cancels: Repeater | undefined;
};

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
  /** Re-INVITEs that are not answered yet, by branch: how each of them is. */
  readonly #thinking = new Map<string, (status: number) => void>();
  /** Made by it in answer to a re-INVITE without one, by CSeq number. */
  readonly #offers = new Map<number, string>();
  #cseq: number;

  constructor(plan: WithinPlan, cseq: number, means: WithinMeans) {
    this.#plan = plan;
    this.#cseq = cseq;
    this.#means = means;
  }

  begin(): void {
    for (const ask of this.#plan.asks) this.#means.after(ask.afterMs, () => this.#ask(ask));
  }

  nextCseq(): number {
    this.#cseq += 1;
    return this.#cseq;
  }

  /** It is over: what was asked of it gets 487. [3261-15.1.2] */
  stop(): void {
    for (const settle of this.#thinking.values()) settle(487);
    for (const { repeater, cancels } of this.#asks.values()) {
      repeater.stop();
      cancels?.stop();
    }
    for (const repeater of this.#owedAcks.values()) repeater.stop();
  }

  /** Nothing about its session is open. */
  get isQuiet(): boolean {
    return !this.#isChanging && !this.#means.session.isTorn;
  }

  /** Where it matters who has said what, an UPDATE waits as well. [3311-5.1] */
  #mayAsk(method: string): boolean {
    const isOffer = method === 'INVITE' || (method === 'UPDATE' && this.#means.session.isOwn);
    return !isOffer || !this.#isChanging;
  }

  get #isChanging(): boolean {
    const { isOwn } = this.#means.session;
    const isOpen = [...this.#asks.values()].some(
      ({ branch, done }) =>
        !done && (branch.startsWith('INVITE') || (isOwn && branch.startsWith('UPDATE'))),
    );
    return isOpen || this.#owedAcks.size > 0 || this.#thinking.size > 0;
  }

  #ask({ method, patienceMs }: AskPlan): void {
    const { after, request, send, isUp, isRung, complain } = this.#means;
    if (!isUp() || !this.#means.isSettled() || !this.#mayAsk(method)) return;
    const cseq = this.nextCseq();
    const branch = `${method}${cseq}`;
    const offer = method === 'INFO' ? '' : this.#means.session.next();
    const bytes = request(method, cseq, branch, offer);
    const repeater = repeat(after, () => send(bytes), 4000);
    const ask: Ask = {
      branch,
      offer,
      repeater,
      ack: undefined,
      done: false,
      heard: false,
      cancel: undefined,
      cancels: undefined,
    };
    this.#asks.set(cseq, ask);
    if (method === 'INVITE' && patienceMs !== undefined) {
      after(patienceMs, () => {
        ask.cancel = request('CANCEL', cseq, branch, '');
        this.#cancelOnceHeard(ask);
      });
    }
    after(method === 'INVITE' ? INVITE_MS_MAX : ANSWER_MS_MAX, () => {
      if (!ask.done && !isRung(cseq) && isUp())
        complain(`its ${method} ${cseq} was never answered`);
    });
  }

  /** Not before something was heard, and not after the end. [3261-9.1] */
  #cancelOnceHeard(ask: Ask): void {
    const { after, send, isUp } = this.#means;
    const { cancel, cancels, heard, done } = ask;
    if (cancel === undefined || cancels !== undefined || !heard || done || !isUp()) return;
    ask.cancels = repeat(after, () => send(cancel), 4000);
  }

  /** Answers whether the response is one to a request of this kind. */
  hearResponse({ cseq, status, body }: SipResponse): boolean {
    const ask = this.#asks.get(cseq.number);
    if (ask === undefined) return false;
    if (cseq.method === 'CANCEL' || status >= 200) ask.cancels?.stop();
    if (cseq.method === 'CANCEL') return true;
    ask.heard = true;
    this.#cancelOnceHeard(ask);
    if (cseq.method === 'INVITE' || status >= 200) ask.repeater.stop();
    if (status < 200) return true;
    if (!ask.done && status < 300 && body !== '') this.#means.session.agree(ask.offer, body);
    ask.done = true;
    if (cseq.method !== 'INVITE') return true;
    const branch = status < 300 ? `ACK${cseq.number}` : ask.branch;
    ask.ack ??= this.#means.request('ACK', cseq.number, branch, '');
    this.#means.send(ask.ack);
    return true;
  }

  /** Answers whether the request is of this kind. */
  hearRequest(request: SipRequest, reply: (bytes: Buffer) => void): boolean {
    const { method, via } = request;
    if (method === 'ACK') return this.#acknowledged(request);
    if (!['INVITE', 'INFO', 'UPDATE', 'OPTIONS', 'CANCEL'].includes(method)) return false;
    const key = `${method} ${via.branch}`;
    const known = this.#answers.get(key);
    if (known !== undefined) {
      reply(known);
      return true;
    }
    const say = (status: number, body = '') => {
      const bytes = response(request, status, { contact: this.#means.me, body });
      this.#answers.set(key, bytes);
      reply(bytes);
    };
    if (method === 'INVITE') this.#invited(request, say);
    else if (method === 'UPDATE' && request.body !== '') this.#updated(request, say);
    else say(this.#verdict(method));
    if (method === 'CANCEL') this.#thinking.get(`INVITE ${via.branch}`)?.(487);
    return true;
  }

  #acknowledged({ cseq, body }: SipRequest): boolean {
    const offer = this.#offers.get(cseq.number);
    this.#offers.delete(cseq.number);
    if (offer !== undefined) this.#means.session.agree(offer, body);
    this.#owedAcks.get(cseq.number)?.stop();
    return this.#owedAcks.delete(cseq.number);
  }

  #updated({ body }: SipRequest, say: (status: number, body?: string) => void): void {
    const { session } = this.#means;
    const status = this.#verdict('UPDATE');
    const answer = session.next();
    if (status === 200) session.agree(answer, body);
    else if (session.agreed?.other === body) session.tear();
    say(status, answer);
  }

  /** Answers at once, or rings first; then a CANCEL may come before the answer. */
  #invited(
    { cseq, via, body: offer }: SipRequest,
    say: (status: number, body?: string) => void,
  ): void {
    const { after } = this.#means;
    const { thinksMs } = this.#plan;
    const key = `INVITE ${via.branch}`;
    const settle = (status: number) => {
      this.#thinking.delete(key);
      const { session } = this.#means;
      const body = status === 200 ? session.next() : '';
      if (status === 200 && offer === '') this.#offers.set(cseq.number, body);
      else if (status === 200) session.agree(body, offer);
      this.#owedAcks.set(
        cseq.number,
        repeat(after, () => say(status, body), 4000),
      );
    };
    const status = this.#verdict('INVITE');
    say(100);
    if (status >= 300 || thinksMs === 0) {
      settle(status);
      return;
    }
    say(180);
    this.#thinking.set(key, settle);
    after(thinksMs, () => {
      if (this.#thinking.has(key)) settle(status);
    });
  }

  #verdict(method: string): number {
    if (!this.#means.isUp()) return 481;
    const isOffer = method === 'INVITE' || (method === 'UPDATE' && this.#means.session.isOwn);
    if (!isOffer) return 200;
    if (this.#isChanging || !this.#means.isSettled()) return 491;
    if (method === 'UPDATE') return 200;
    return this.#plan.agrees ? 200 : 488;
  }
}
