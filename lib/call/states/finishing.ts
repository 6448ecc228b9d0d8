import type { Effect } from '../effects.ts';
import { cancelAll } from '../fading.ts';
import { type Dialing, owed, type Verdict } from '../state.ts';
import { terminated } from '../termination.ts';
import { type Transition, transition } from '../transition.ts';

/** The caller gets its refusal, and every gateway that still owes an answer is cancelled. */
export function finish(
  state: Dialing,
  { why, says }: Verdict,
  before: readonly Effect[],
): Transition {
  const { fading, effects } = cancelAll(owed(state), []);
  const termination = terminated(why, says.status);
  return transition({ tag: 'ended', facts: state.facts, fading, termination }, [
    ...before,
    { do: 'clear-timer' },
    ...hushed(state),
    { do: 'reject-a', ...says },
    ...effects,
    { do: 'end', termination },
    ...(fading.length === 0 ? [{ do: 'forget' as const }] : []),
  ]);
}

/** Nobody speaks to the caller any more. */
export function hushed({ voice }: Pick<Dialing, 'voice'>): readonly Effect[] {
  return voice === undefined ? [] : [{ do: 'hush' }];
}
