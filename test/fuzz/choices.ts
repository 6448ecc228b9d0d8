import { VirtualWorld } from '../support/virtual-world.ts';

/**
 * All chance of one case. Drawn from a seed, or from a list of fractions that may be shorter: what
 * it does not say counts as 0, which every generator takes for its plainest choice.
 */
export class Choices {
  /** What has been drawn, where that is to be kept. */
  readonly taken: number[] = [];
  /** What the case was about, for whoever reads that it failed. */
  shown: unknown;
  readonly #next: () => number;

  private constructor(next: () => number, keeps: boolean) {
    this.#next = keeps
      ? () => {
          const fraction = next();
          this.taken.push(fraction);
          return fraction;
        }
      : next;
  }

  static ofSeed(seed: number, { keeps = false } = {}): Choices {
    return new Choices(new VirtualWorld(seed).random, keeps);
  }

  static ofList(list: readonly number[]): Choices {
    let at = 0;
    const next = () => {
      at += 1;
      return list[at - 1] ?? 0;
    };
    return new Choices(next, true);
  }

  /** From 0 up to that, itself left out. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low);
  }

  /** False for the plainest choice. */
  chance(share: number): boolean {
    return this.#next() >= 1 - share;
  }

  /** The first one is the plainest. */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  list<T>(lengthMax: number, make: () => T): T[] {
    return Array.from({ length: this.below(lengthMax + 1) }, make);
  }

  /** Characters 0 to 255, one a byte. */
  octets(lengthMax: number): string {
    let text = '';
    for (let left = this.below(lengthMax + 1); left > 0; left -= 1) {
      text += String.fromCharCode(this.below(256));
    }
    return text;
  }

  word(lengthMax: number, characters: string): string {
    let text = '';
    for (let left = 1 + this.below(lengthMax); left > 0; left -= 1) {
      text += characters[this.below(characters.length)];
    }
    return text;
  }
}
