import type { CallEvent } from '../events.ts';
import { stepFading } from '../fading.ts';
import type { Ended } from '../state.ts';
import { ignored, type Transition, transition } from '../transition.ts';
import { ownReply } from './asks.ts';
import { refuseJoin } from './replacing.ts';

/** The record is written; only what fading hops still owe is waited for. */
export function stepEnded(state: Ended, event: CallEvent): Transition {
  if (event.on === 'asked') return transition(state, [ownReply(event, 481)]);
  if (event.on === 'b-joins') return refuseJoin(state, event, 481);
  const faded = stepFading(state, undefined, event);
  if (faded === undefined) return ignored(state, event);
  const { facts, fading, effects } = faded;
  return transition({ ...state, facts, fading }, [
    ...effects,
    ...(fading.length === 0 ? [{ do: 'forget' as const }] : []),
  ]);
}
