import { type Decide, step } from '../../lib/call/step.ts';

/**
 * Decides like the core, but the call dies at every step: its state goes through text on the way in
 * and on the way out. What does not come back the same is a bug of the call.
 */
export const restoringDecide: Decide = (state, event) => {
  const { state: next, effects } = step(restored(state), event);
  return { state: restored(next), effects };
};

function restored<State>(state: State): State {
  const copy = JSON.parse(JSON.stringify(state)) as State;
  const where = difference(state, copy, 'state');
  if (where !== undefined) throw new Error(`${where} does not survive being stored`);
  return copy;
}

/** The first place where two values differ; a property that is undefined counts as absent. */
export function difference(one: unknown, other: unknown, where: string): string | undefined {
  if (Object.is(one, other)) return undefined;
  if (!isThing(one) || !isThing(other)) return where;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return where;
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = difference(one[name], other[name], `${where}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isThing(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
