import type { Choices } from './choices.ts';

/** A part of the site, and what must hold of it whatever comes. */
export type Target = {
  readonly name: string;
  /** Of a hundred thousand cases, so many are for it: the dear ones are few. */
  readonly share: number;
  /** One case; what is thrown is what is wrong. */
  readonly run: (choices: Choices) => void | Promise<void>;
};

/** Says that something does not hold; the values are only written out when it does not. */
export function must(holds: boolean, what: string, ...values: readonly unknown[]): void {
  if (holds) return;
  throw new Error([what, ...values.map((value) => JSON.stringify(value))].join(' '));
}

export function mustBeSame(one: unknown, other: unknown, what: string): void {
  const first = JSON.stringify(one);
  const second = JSON.stringify(other);
  if (first !== second) throw new Error(`${what}: ${first} and ${second}`);
}
