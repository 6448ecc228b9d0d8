import type { Header } from '../../sip/message.ts';
import type { Effect } from '../effects.ts';
import { cancelAll } from '../fading.ts';
import { type Dialing, owed, type Verdict } from '../state.ts';
import { type Termination, terminated } from '../termination.ts';
import { type Transition, transition } from '../transition.ts';

/** The caller gets its refusal, and every gateway that still owes an answer is cancelled. */
export function finish(
  state: Dialing,
  { why, says }: Verdict,
  before: readonly Effect[],
): Transition {
  const ended = end(state, terminated(why, says.status), { says, reasons: [] });
  return { ...ended, effects: [...before, ...ended.effects] };
}

type Words = {
  /** The refusal. Absent: the caller hears it from somebody else. */
  readonly says?: Verdict['says'];
  /** Why, as the gateways hear it. */
  readonly reasons: readonly Header[];
};

/** Nobody is dialled any more, and the caller is done with. */
export function end(
  state: Dialing,
  termination: Termination,
  { says, reasons }: Words,
): Transition {
  const { fading, effects } = cancelAll(owed(state), reasons);
  return transition({ tag: 'ended', facts: state.facts, fading, termination }, [
    { do: 'clear-timer' },
    ...hushed(state),
    ...(says === undefined ? [] : [{ do: 'reject-a' as const, ...says }]),
    ...effects,
    { do: 'end', termination },
    ...(fading.length === 0 ? [{ do: 'forget' as const }] : []),
  ]);
}

/** Nobody speaks to the caller any more. */
export function hushed({ voice }: Pick<Dialing, 'voice'>): readonly Effect[] {
  return voice === undefined ? [] : [{ do: 'hush' }];
}
