import { never } from '../../../base/never.ts';
import { T2_MS, TIMER_E_MS, TIMER_F_MS, TIMER_K_MS } from '../../../sip/timer-values.ts';
import { type Step, type TimerEffect, unmoved } from './machine.ts';

/** The client transaction of a BYE or a CANCEL over UDP. [3261-17.1.2.2] */
export type NonInviteClientState =
  | { readonly tag: 'trying'; readonly intervalMs: number }
  | { readonly tag: 'proceeding' }
  | { readonly tag: 'completed' }
  | { readonly tag: 'terminated' };

export type NonInviteClientTimer = 'E' | 'F' | 'K';

export type NonInviteClientEvent =
  | { readonly on: 'response'; readonly status: number }
  | { readonly on: 'timer'; readonly name: NonInviteClientTimer }
  | { readonly on: 'transport-failed' };

export type NonInviteClientEffect =
  | { readonly do: 'send-request' }
  | { readonly do: 'deliver-response' }
  | { readonly do: 'report-failure'; readonly cause: 'timeout' | 'transport' }
  | TimerEffect<NonInviteClientTimer>;

type Outcome = Step<NonInviteClientState, NonInviteClientEffect>;

const CLEAR_E = { do: 'clear-timer', name: 'E' } as const;
const CLEAR_F = { do: 'clear-timer', name: 'F' } as const;
const DELIVER = { do: 'deliver-response' } as const;

export function beginNonInviteClient(): Outcome {
  return {
    state: { tag: 'trying', intervalMs: TIMER_E_MS },
    effects: [
      { do: 'send-request' },
      { do: 'set-timer', name: 'E', delayMs: TIMER_E_MS },
      { do: 'set-timer', name: 'F', delayMs: TIMER_F_MS },
    ],
  };
}

export function stepNonInviteClient(
  state: NonInviteClientState,
  event: NonInviteClientEvent,
): Outcome {
  switch (state.tag) {
    case 'trying':
      return whilePending(state, event, Math.min(state.intervalMs * 2, T2_MS));
    case 'proceeding':
      return whilePending(state, event, T2_MS);
    case 'completed':
      return whileCompleted(state, event);
    case 'terminated':
      return unmoved(state);
    default:
      return never(state);
  }
}

function whilePending(
  state: NonInviteClientState,
  event: NonInviteClientEvent,
  nextIntervalMs: number,
): Outcome {
  switch (event.on) {
    case 'response':
      if (event.status < 200) return { state: { tag: 'proceeding' }, effects: [DELIVER] };
      return {
        state: { tag: 'completed' },
        effects: [CLEAR_E, CLEAR_F, { do: 'set-timer', name: 'K', delayMs: TIMER_K_MS }, DELIVER],
      };
    case 'timer':
      if (event.name === 'F') return failed('timeout');
      if (event.name !== 'E') return unmoved(state);
      return {
        state: state.tag === 'trying' ? { tag: 'trying', intervalMs: nextIntervalMs } : state,
        effects: [{ do: 'send-request' }, { do: 'set-timer', name: 'E', delayMs: nextIntervalMs }],
      };
    case 'transport-failed':
      return failed('transport');
    default:
      return never(event);
  }
}

function whileCompleted(state: NonInviteClientState, event: NonInviteClientEvent): Outcome {
  switch (event.on) {
    case 'response':
      return unmoved(state);
    case 'timer':
      if (event.name !== 'K') return unmoved(state);
      return { state: { tag: 'terminated' }, effects: [] };
    case 'transport-failed':
      return unmoved(state);
    default:
      return never(event);
  }
}

function failed(cause: 'timeout' | 'transport'): Outcome {
  return {
    state: { tag: 'terminated' },
    effects: [CLEAR_E, CLEAR_F, { do: 'report-failure', cause }],
  };
}
