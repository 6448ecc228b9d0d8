import { cseqOf, type SipText } from '../../../apps/lab/sip-text.ts';
import { awaited } from './heard.ts';

const T1_MS = 500;
const T2_MS = 4000;
/** What a busy machine may need; the slowest answer of a scenario takes six seconds. */
const PATIENCE_MS = 20_000;

type Open = {
  isHeard: boolean;
  alarm: NodeJS.Timeout | undefined;
  readonly patience: NodeJS.Timeout;
  readonly tell: (answer: SipText) => void;
};

/** Requests of one end that have no final answer yet, said again as UDP wants it. */
export class OpenRequests {
  readonly #isDatagram: boolean;
  readonly #open = new Map<string, Open>();

  constructor(isDatagram: boolean) {
    this.#isDatagram = isDatagram;
  }

  /** Says it until it is answered; answers with the final response. */
  begin(cseq: string, say: () => void): Promise<SipText> {
    const answered = new Promise<SipText>((resolve, reject) => {
      const patience = setTimeout(() => {
        this.#end(cseq);
        reject(new Error(`no answer to ${cseq.split(' ')[1]}`));
      }, PATIENCE_MS);
      const tell = (answer: SipText) => {
        this.#end(cseq);
        resolve(answer);
      };
      this.#open.set(cseq, { isHeard: false, alarm: undefined, patience, tell });
    });
    say();
    if (this.#isDatagram) this.#again(cseq, say, T1_MS);
    return awaited(answered);
  }

  /** Whether somebody waited for it. */
  hear(response: SipText): boolean {
    const open = this.#open.get(cseqOf(response));
    if (open === undefined) return false;
    open.isHeard = true;
    if ((response.status ?? 0) >= 200) open.tell(response);
    return true;
  }

  close(): void {
    for (const cseq of this.#open.keys()) this.#end(cseq);
  }

  /** Timers A and E. An INVITE that has heard a provisional is said no more. */
  #again(cseq: string, say: () => void, afterMs: number): void {
    const open = this.#open.get(cseq);
    if (open === undefined) return;
    const isInvite = cseq.endsWith(' INVITE');
    open.alarm = setTimeout(() => {
      if (isInvite && open.isHeard) return;
      say();
      this.#again(cseq, say, isInvite ? 2 * afterMs : Math.min(2 * afterMs, T2_MS));
    }, afterMs);
  }

  #end(cseq: string): void {
    const open = this.#open.get(cseq);
    clearTimeout(open?.alarm);
    clearTimeout(open?.patience);
    this.#open.delete(cseq);
  }
}
