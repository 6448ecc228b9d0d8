import type { Facts, Target } from './facts.ts';
import { dialNext } from './states/hunting.ts';
import type { Transition } from './transition.ts';

/** A call that was admitted starts by trying its first target. */
export function begin(facts: Facts, targets: readonly Target[]): Transition {
  const state = { tag: 'dialing' as const, facts, fading: [], next: targets };
  return dialNext(state, facts.startedAt, []);
}
