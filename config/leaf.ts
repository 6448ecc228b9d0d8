import type { Format } from './formats.ts';

/** One key of the site file. `default: null` means that the key has none and must be given. */
export type Leaf<T> = {
  readonly doc: string;
  readonly default: T | null;
  /** The name under which convict knows the format. */
  readonly format: string;
  readonly reads: Format<T>;
  /** Where nothing is a valid choice too. */
  readonly nullable: boolean;
  readonly reload: Reload;
};

/** Whether a reload may change a key, only add entries to it, or neither: that needs a restart. */
export type Reload = 'takes' | 'takes-more' | 'refuses';

export function leaf<T>(reads: Format<T>, otherwise: T, doc: string): Leaf<T> {
  return { ...required(reads, doc), default: otherwise };
}

export function required<T>(reads: Format<T>, doc: string): Leaf<T> {
  const rest = { nullable: false, reload: 'refuses' } as const;
  return { doc, default: null, format: reads.name, reads, ...rest };
}

export function optional<T>(reads: Format<T>, doc: string): Leaf<T | null> {
  return { ...required<T | null>(reads, doc), nullable: true };
}

export function live<T>(leaf: Leaf<T>): Leaf<T> {
  return { ...leaf, reload: 'takes' };
}

export function growing<T>(leaf: Leaf<T>): Leaf<T> {
  return { ...leaf, reload: 'takes-more' };
}
