import type { Effect } from './effects.ts';
import type { CallEvent } from './events.ts';
import type { CallState } from './state.ts';

export type Transition = { readonly state: CallState; readonly effects: readonly Effect[] };

export function transition(state: CallState, effects: readonly Effect[]): Transition {
  return { state, effects };
}

/** The event is of no use in this state: nothing changes, and the story says so. */
export function ignored(state: CallState, event: CallEvent): Transition {
  const name = event.on === 'timer' ? `timer ${event.name}` : event.on;
  return { state, effects: [{ do: 'ignore', event: name, state: state.tag }] };
}
