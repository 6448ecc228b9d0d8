import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest, SipResponse } from '../../lib/sip/message.ts';
import { type Repeater, repeat } from './wire.ts';

type After = (delayMs: number, run: () => void) => void;

/** Longer than it repeats anything. */
const PATIENCE_MS = 33_000;

/** What a gateway rings until it is acknowledged, each of its devices with numbers of its own. */
export class RingsReliably {
  readonly #after: After;
  readonly #owed = new Map<string, { readonly rseq: number; readonly repeater: Repeater }>();
  readonly #heard = new Set<string>();

  constructor(after: After) {
    this.#after = after;
  }

  /** What is sent bears that number; `giveUp` runs if no PRACK of it comes. */
  ring(tag: string, rseq: number, send: () => void, giveUp: () => void): void {
    this.#owed.set(tag, { rseq, repeater: repeat(this.#after, send, 32_000) });
    this.#after(PATIENCE_MS, () => {
      if (this.isOwed(tag)) giveUp();
    });
  }

  isOwed(tag: string): boolean {
    return this.#owed.has(tag);
  }

  /** What the PRACK is to hear. */
  hear(prack: SipRequest): 200 | 481 {
    const branch = prack.via.branch ?? '';
    if (this.#heard.has(branch)) return 200;
    const tag = prack.to.tag ?? '';
    const owed = this.#owed.get(tag);
    if (headerValue(prack.headers, 'rack') !== `${owed?.rseq} 1 INVITE`) return 481;
    owed?.repeater.stop();
    this.#owed.delete(tag);
    this.#heard.add(branch);
    return 200;
  }

  stop(): void {
    for (const { repeater } of this.#owed.values()) repeater.stop();
  }
}

/** What a caller acknowledges. */
export class Acknowledges {
  readonly #after: After;
  readonly #complain: (what: string) => void;
  readonly #pracks = new Map<number, Repeater>();
  #last: number | undefined;

  constructor(after: After, complain: (what: string) => void) {
    this.#after = after;
    this.#complain = complain;
  }

  /** Sends a PRACK if it is a reliable response, and not one that is known. */
  hear(
    { headers }: SipResponse,
    prack: (rack: string) => { readonly cseq: number; readonly send: () => void },
  ): void {
    const value = headerValue(headers, 'rseq');
    if (value === undefined) return;
    const rseq = Number(value);
    if (this.#last !== undefined && rseq <= this.#last) return;
    if (this.#last !== undefined && rseq !== this.#last + 1)
      this.#complain(`RSeq ${rseq} came after ${this.#last}`);
    this.#last = rseq;
    const { cseq, send } = prack(`RAck: ${rseq} 1 INVITE`);
    this.#pracks.set(cseq, repeat(this.#after, send, 4000));
  }

  answered({ cseq, status }: SipResponse): void {
    if (status >= 200) this.#pracks.get(cseq.number)?.stop();
  }
}
