import { never } from '../../../base/never.ts';
import { TIMER_A_MS, TIMER_B_MS, TIMER_D_MS, TIMER_M_MS } from '../../../sip/timer-values.ts';
import { type Carriage, type Step, type TimerEffect, unmoved } from './machine.ts';

/** The client transaction of an INVITE. [3261-17.1.1.2] [6026-8.4] */
export type InviteClientState =
  | { readonly tag: 'calling'; readonly intervalMs: number }
  | { readonly tag: 'proceeding' }
  | { readonly tag: 'completed' }
  /** A 2xx has come; it may come again, or another callee's. */
  | { readonly tag: 'accepted' }
  | { readonly tag: 'terminated' };

export type InviteClientTimer = 'A' | 'B' | 'D' | 'M';

export type InviteClientEvent =
  | { readonly on: 'response'; readonly status: number }
  | { readonly on: 'timer'; readonly name: InviteClientTimer }
  | { readonly on: 'transport-failed' };

export type InviteClientEffect =
  | { readonly do: 'send-request' }
  /** The ACK of the response at hand, none of which is a 2xx. */
  | { readonly do: 'send-ack' }
  | { readonly do: 'deliver-response' }
  | { readonly do: 'report-failure'; readonly cause: 'timeout' | 'transport' }
  | TimerEffect<InviteClientTimer>;

type Outcome = Step<InviteClientState, InviteClientEffect>;

const CLEAR_A = { do: 'clear-timer', name: 'A' } as const;
const CLEAR_B = { do: 'clear-timer', name: 'B' } as const;
const DELIVER = { do: 'deliver-response' } as const;
const SEND_ACK = { do: 'send-ack' } as const;

/** Over a reliable transport nothing is sent twice. [3261-17.1.1.2] */
export function beginInviteClient(carriage: Carriage = 'unreliable'): Outcome {
  const again = { do: 'set-timer', name: 'A', delayMs: TIMER_A_MS } as const;
  return {
    state: { tag: 'calling', intervalMs: TIMER_A_MS },
    effects: [
      { do: 'send-request' },
      ...(carriage === 'reliable' ? [] : [again]),
      { do: 'set-timer', name: 'B', delayMs: TIMER_B_MS },
    ],
  };
}

export function stepInviteClient(
  state: InviteClientState,
  event: InviteClientEvent,
  carriage: Carriage = 'unreliable',
): Outcome {
  switch (state.tag) {
    case 'calling':
      return whileCalling(state, event, carriage);
    case 'proceeding':
      return whileProceeding(state, event, carriage);
    case 'completed':
      return whileCompleted(state, event);
    case 'accepted':
      return whileAccepted(state, event);
    case 'terminated':
      return unmoved(state);
    default:
      return never(state);
  }
}

function whileCalling(
  state: InviteClientState & { readonly tag: 'calling' },
  event: InviteClientEvent,
  carriage: Carriage,
): Outcome {
  switch (event.on) {
    case 'response':
      if (event.status >= 200) return final(event.status, carriage);
      return { state: { tag: 'proceeding' }, effects: [CLEAR_A, CLEAR_B, DELIVER] };
    case 'timer':
      if (event.name === 'B') return failed('timeout');
      if (event.name !== 'A') return unmoved(state);
      return again(state.intervalMs * 2);
    case 'transport-failed':
      return failed('transport');
    default:
      return never(event);
  }
}

function again(intervalMs: number): Outcome {
  return {
    state: { tag: 'calling', intervalMs },
    effects: [{ do: 'send-request' }, { do: 'set-timer', name: 'A', delayMs: intervalMs }],
  };
}

/** Only a request has a transport failure here; an ACK that fails is repeated with its response. */
function whileProceeding(
  state: InviteClientState,
  event: InviteClientEvent,
  carriage: Carriage,
): Outcome {
  switch (event.on) {
    case 'response':
      if (event.status >= 200) return final(event.status, carriage);
      return { state, effects: [DELIVER] };
    case 'timer':
      return unmoved(state);
    case 'transport-failed':
      return unmoved(state);
    default:
      return never(event);
  }
}

function final(status: number, carriage: Carriage): Outcome {
  if (status < 300) {
    return {
      state: { tag: 'accepted' },
      effects: [CLEAR_A, CLEAR_B, { do: 'set-timer', name: 'M', delayMs: TIMER_M_MS }, DELIVER],
    };
  }
  if (carriage === 'reliable') {
    return { state: { tag: 'terminated' }, effects: [CLEAR_B, SEND_ACK, DELIVER] };
  }
  return {
    state: { tag: 'completed' },
    effects: [
      CLEAR_A,
      CLEAR_B,
      SEND_ACK,
      { do: 'set-timer', name: 'D', delayMs: TIMER_D_MS },
      DELIVER,
    ],
  };
}

/** A 2xx after a refusal is passed up all the same: that callee believes it is in a call. */
function whileCompleted(state: InviteClientState, event: InviteClientEvent): Outcome {
  switch (event.on) {
    case 'response':
      if (event.status >= 300) return { state, effects: [SEND_ACK] };
      if (event.status >= 200) return { state, effects: [DELIVER] };
      return unmoved(state);
    case 'timer':
      if (event.name !== 'D') return unmoved(state);
      return { state: { tag: 'terminated' }, effects: [] };
    case 'transport-failed':
      return unmoved(state);
    default:
      return never(event);
  }
}

function whileAccepted(state: InviteClientState, event: InviteClientEvent): Outcome {
  switch (event.on) {
    case 'response':
      if (event.status >= 200 && event.status < 300) return { state, effects: [DELIVER] };
      return unmoved(state);
    case 'timer':
      if (event.name !== 'M') return unmoved(state);
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
    effects: [CLEAR_A, CLEAR_B, { do: 'report-failure', cause }],
  };
}
