import { cseqOf, type SipText } from '../../../apps/lab/sip-text.ts';

const PATIENCE_MS = 20_000;
const KEPT_MAX = 100;

type Waiter = {
  readonly isWanted: (message: SipText) => boolean;
  readonly tell: (message: SipText) => void;
};

/** Messages that came to one end, each for one who waits for it or will. */
export class Heard {
  readonly #kept: SipText[] = [];
  readonly #waiters = new Set<Waiter>();

  note(message: SipText): void {
    for (const waiter of this.#waiters) {
      if (!waiter.isWanted(message)) continue;
      waiter.tell(message);
      return;
    }
    if (this.#kept.length < KEPT_MAX) this.#kept.push(message);
  }

  /** The first one that nobody has taken yet. */
  next(what: string, isWanted: (message: SipText) => boolean, ms = PATIENCE_MS): Promise<SipText> {
    const known = this.#kept.findIndex(isWanted);
    const [found] = known < 0 ? [] : this.#kept.splice(known, 1);
    if (found !== undefined) return Promise.resolve(found);
    const heard = new Promise<SipText>((resolve, reject) => {
      const alarm = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`never heard ${what}`));
      }, ms);
      const waiter: Waiter = {
        isWanted,
        tell: (message) => {
          clearTimeout(alarm);
          this.#waiters.delete(waiter);
          resolve(message);
        },
      };
      this.#waiters.add(waiter);
    });
    return awaited(heard);
  }
}

/** A method, or a status of an answer to INVITE. */
export const isCalled =
  (what: string) =>
  (message: SipText): boolean =>
    /^\d/.test(what)
      ? message.status === Number(what) && cseqOf(message).endsWith(' INVITE')
      : message.method === what;

/** Who waits for it may have failed by something else before. */
export function awaited<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
