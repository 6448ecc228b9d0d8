import { never } from '../../../base/never.ts';
import { TIMER_J_MS } from '../../../sip/timer-values.ts';
import { type Carriage, type Step, type TimerEffect, unmoved } from './machine.ts';

/** The server transaction of a request other than INVITE and ACK. [3261-17.2.2] */
export type NonInviteServerState =
  | { readonly tag: 'trying' }
  | { readonly tag: 'proceeding' }
  | { readonly tag: 'completed' }
  | { readonly tag: 'terminated' };

export type NonInviteServerTimer = 'J';

export type NonInviteServerEvent =
  /** The request came again. */
  | { readonly on: 'request' }
  | { readonly on: 'respond'; readonly status: number }
  | { readonly on: 'timer'; readonly name: NonInviteServerTimer };

export type NonInviteServerEffect =
  /** The response that was just given; it becomes the last one. */
  | { readonly do: 'send-response' }
  | { readonly do: 'repeat-response' }
  | TimerEffect<NonInviteServerTimer>;

type Outcome = Step<NonInviteServerState, NonInviteServerEffect>;

const SEND = { do: 'send-response' } as const;

export function beginNonInviteServer(): NonInviteServerState {
  return { tag: 'trying' };
}

export function stepNonInviteServer(
  state: NonInviteServerState,
  event: NonInviteServerEvent,
  carriage: Carriage = 'unreliable',
): Outcome {
  switch (state.tag) {
    case 'trying':
      return whilePending(state, event, carriage);
    case 'proceeding':
      return whilePending(state, event, carriage);
    case 'completed':
      return whileCompleted(state, event);
    case 'terminated':
      return unmoved(state);
    default:
      return never(state);
  }
}

function whilePending(
  state: NonInviteServerState,
  event: NonInviteServerEvent,
  carriage: Carriage,
): Outcome {
  switch (event.on) {
    case 'request':
      if (state.tag === 'trying') return unmoved(state);
      return { state, effects: [{ do: 'repeat-response' }] };
    case 'respond':
      if (event.status < 200) return { state: { tag: 'proceeding' }, effects: [SEND] };
      if (carriage === 'reliable') return { state: { tag: 'terminated' }, effects: [SEND] };
      return {
        state: { tag: 'completed' },
        effects: [SEND, { do: 'set-timer', name: 'J', delayMs: TIMER_J_MS }],
      };
    case 'timer':
      return unmoved(state);
    default:
      return never(event);
  }
}

function whileCompleted(state: NonInviteServerState, event: NonInviteServerEvent): Outcome {
  switch (event.on) {
    case 'request':
      return { state, effects: [{ do: 'repeat-response' }] };
    case 'respond':
      return unmoved(state);
    case 'timer':
      return { state: { tag: 'terminated' }, effects: [] };
    default:
      return never(event);
  }
}
