const PATIENCE_MS = 5000;

/** What has come, in its order: each can be waited for and is taken once. */
export class Tape<T> {
  readonly #untaken: T[] = [];
  #taker: ((item: T) => void) | undefined;

  push(item: T): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#untaken.push(item);
    else taker(item);
  }

  /** The next one; what never came is named in the error. */
  async next(what: string, withinMs = PATIENCE_MS): Promise<T> {
    const [first] = this.#untaken.splice(0, 1);
    if (first !== undefined) return first;
    return new Promise((resolve, reject) => {
      const alarm = setTimeout(() => {
        this.#taker = undefined;
        reject(new Error(`${what}: not within ${withinMs} ms`));
      }, withinMs);
      this.#taker = (item) => {
        clearTimeout(alarm);
        resolve(item);
      };
    });
  }

  clear(): void {
    this.#untaken.length = 0;
  }

  /** What nobody has taken yet. */
  get untaken(): readonly T[] {
    return this.#untaken;
  }
}
