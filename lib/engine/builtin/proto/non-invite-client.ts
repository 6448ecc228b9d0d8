import { never } from '../../../base/never.ts';
import { T2_MS, TIMER_E_MS, TIMER_F_MS, TIMER_K_MS } from '../../../sip/timer-values.ts';
import { type Carriage, type Step, type TimerEffect, unmoved } from './machine.ts';

/** The client transaction of a BYE or a CANCEL. [3261-17.1.2.2] */
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

/** Over a reliable transport nothing is sent twice. [3261-17.1.2.2] */
export function beginNonInviteClient(carriage: Carriage = 'unreliable'): Outcome {
  const again = { do: 'set-timer', name: 'E', delayMs: TIMER_E_MS } as const;
  return {
    state: { tag: 'trying', intervalMs: TIMER_E_MS },
    effects: [
      { do: 'send-request' },
      ...(carriage === 'reliable' ? [] : [again]),
      { do: 'set-timer', name: 'F', delayMs: TIMER_F_MS },
    ],
  };
}

export function stepNonInviteClient(
  state: NonInviteClientState,
  event: NonInviteClientEvent,
  carriage: Carriage = 'unreliable',
): Outcome {
  switch (state.tag) {
    case 'trying':
      return whilePending(state, event, carriage, Math.min(state.intervalMs * 2, T2_MS));
    case 'proceeding':
      return whilePending(state, event, carriage, T2_MS);
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
  carriage: Carriage,
  nextIntervalMs: number,
): Outcome {
  switch (event.on) {
    case 'response':
      if (event.status < 200) return { state: { tag: 'proceeding' }, effects: [DELIVER] };
      if (carriage === 'reliable') {
        return { state: { tag: 'terminated' }, effects: [CLEAR_F, DELIVER] };
      }
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
