/** What a machine has become, and what is to be done about it, in this order. */
export type Step<State, Effect> = {
  readonly state: State;
  readonly effects: readonly Effect[];
};

/** Setting a timer that is set already replaces it; clearing one that is not set does nothing. */
export type TimerEffect<Name extends string> =
  | { readonly do: 'set-timer'; readonly name: Name; readonly delayMs: number }
  | { readonly do: 'clear-timer'; readonly name: Name };

/** Whether the transport of a transaction itself sees to it that messages arrive. */
export type Carriage = 'reliable' | 'unreliable';

const NOTHING: readonly never[] = [];

/** An event that asks for nothing in this state: a repetition, or one that came too late. */
export function unmoved<State>(state: State): Step<State, never> {
  return { state, effects: NOTHING };
}
