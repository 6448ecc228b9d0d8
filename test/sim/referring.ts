import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest, SipResponse } from '../../lib/sip/message.ts';
import type { ReferPlan } from './transfers.ts';
import { type Repeater, repeat } from './wire.ts';

export type ReferMeans = {
  readonly after: (delayMs: number, run: () => void) => void;
  readonly request: (cseq: number, branch: string, lines: readonly string[]) => Buffer;
  readonly nextCseq: () => number;
  readonly send: (bytes: Buffer) => void;
  /** Talks, and its 2xx was acknowledged. */
  readonly isUp: () => boolean;
  readonly hangUp: () => void;
  /** The address of a gateway of this world. */
  readonly addressOf: (gateway: number) => string;
  readonly complain: (what: string) => void;
};

const STRANGER = 'sip:desk@10.66.6.6:5060';

/** What a gateway asks, and is told, to have one of its calls transferred. [3515-2.4] */
export class Referring {
  readonly #plan: ReferPlan;
  readonly #means: ReferMeans;
  readonly #refers = new Map<number, Repeater>();
  readonly #accepted = new Set<number>();
  /** The CSeq number of the last NOTIFY, by that of its REFER. */
  readonly #finals = new Map<number, number>();

  constructor(plan: ReferPlan, means: ReferMeans) {
    this.#plan = plan;
    this.#means = means;
  }

  begin(): void {
    const { afterMs, againAfterMs } = this.#plan;
    this.#means.after(afterMs, () => this.#refer());
    if (againAfterMs !== undefined) this.#means.after(afterMs + againAfterMs, () => this.#refer());
  }

  stop(): void {
    for (const repeater of this.#refers.values()) repeater.stop();
  }

  #refer(): void {
    const { after, request, nextCseq, send, isUp } = this.#means;
    if (!isUp()) return;
    const cseq = nextCseq();
    const bytes = request(cseq, `REFER${cseq}`, [
      ...this.#referTo(),
      'Referred-By: <sip:desk@psap.example>',
    ]);
    this.#refers.set(
      cseq,
      repeat(after, () => send(bytes), 4000),
    );
  }

  #referTo(): string[] {
    const { to, toward } = this.#plan;
    const line = `Refer-To: <sip:desk@${this.#means.addressOf(toward)}>`;
    switch (to) {
      case 'gateway':
        return [line];
      case 'stranger':
        return [`Refer-To: <${STRANGER}>`];
      case 'nobody':
        return [];
      case 'two':
        return [line, line];
      default:
        return to;
    }
  }

  /** Answers whether the response is one to its REFER. */
  hearResponse({ cseq, status }: SipResponse): boolean {
    const repeater = this.#refers.get(cseq.number);
    if (repeater === undefined || cseq.method !== 'REFER') return false;
    if (status < 200) return true;
    repeater.stop();
    if (status !== 202 || this.#accepted.has(cseq.number)) return true;
    this.#accepted.add(cseq.number);
    if (this.#plan.leaves === 'at once') this.#means.hangUp();
    return true;
  }

  /** Hears what became of its REFER; answers whether it says that it has. */
  hearNews({ headers, cseq, body }: SipRequest): boolean {
    const id = /^refer;id=(\d+)$/.exec(headerValue(headers, 'event') ?? '')?.[1];
    const refer = Number(id);
    const said = /^SIP\/2\.0 (\d{3}) .*\r\n$/.exec(body)?.[1];
    const isLast = headerValue(headers, 'subscription-state')?.startsWith('terminated') === true;
    if (!this.#refers.has(refer)) this.#means.complain(`a NOTIFY of a REFER ${id} came to it`);
    if (said === undefined || isLast !== Number(said) >= 200)
      this.#means.complain(`a NOTIFY says ${body}`);
    if (isLast) this.#heardLast(refer, cseq.number, Number(said));
    return this.#plan.hears;
  }

  #heardLast(refer: number, cseq: number, status: number): void {
    const { complain, hangUp } = this.#means;
    const known = this.#finals.get(refer);
    if (known !== undefined && known !== cseq) complain(`its REFER ${refer} has two last NOTIFYs`);
    this.#finals.set(refer, cseq);
    // Who was told that it has worked leaves. [5589-6.1]
    if (known === undefined && status < 300 && this.#plan.leaves === 'when told') hangUp();
  }
}
