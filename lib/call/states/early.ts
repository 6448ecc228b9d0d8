import type { EventOf } from '../events.ts';
import { across, withAnswer } from '../forks.ts';
import type { CallState } from '../state.ts';
import { type Transition, transition } from '../transition.ts';
import { askIn, crossingOf, isAnswer, isForUs, ownReply, passBack } from './asks.ts';

/** A request in a dialog that is only early goes on to the one across the call. [3311-5.1] */
export function askedEarly(state: CallState, event: EventOf<'asked'>): Transition {
  const to = across(state.facts, event.dialog);
  if (to === undefined) return transition(state, [ownReply(event, 481)]);
  const { facts } = state;
  if (isForUs(facts, event)) return transition(state, [ownReply(event, 491)]);
  const asked = crossingOf(facts, event);
  const isSettled = event.dialog.side === 'a' && isAnswer(facts, event);
  const told = isSettled ? withAnswer(facts, event.dialog.fork) : facts;
  return transition({ ...state, facts: told }, [askIn(to, asked)]);
}

/** Its answer goes back. Undefined: nobody asked. */
export function repliedEarly(state: CallState, event: EventOf<'replied'>): Transition | undefined {
  const to = across(state.facts, event.dialog);
  if (to === undefined) return undefined;
  return transition(state, [passBack(to, state.facts, event)]);
}
