import { never } from '../../../base/never.ts';
import {
  T2_MS,
  TIMER_G_MS,
  TIMER_H_MS,
  TIMER_I_MS,
  TIMER_L_MS,
} from '../../../sip/timer-values.ts';
import { type Carriage, type Step, type TimerEffect, unmoved } from './machine.ts';

/** The server transaction of an INVITE. [3261-17.2.1] [6026-8.7] */
export type InviteServerState =
  | { readonly tag: 'proceeding' }
  | { readonly tag: 'completed'; readonly intervalMs: number }
  | { readonly tag: 'confirmed' }
  /** A 2xx was sent; its repetition is the leg's business, its INVITE is absorbed. */
  | { readonly tag: 'accepted' }
  | { readonly tag: 'terminated' };

export type InviteServerTimer = 'G' | 'H' | 'I' | 'L';

export type InviteServerEvent =
  /** The INVITE came again. */
  | { readonly on: 'request' }
  | { readonly on: 'ack' }
  /** The leg answers. */
  | { readonly on: 'respond'; readonly status: number }
  | { readonly on: 'timer'; readonly name: InviteServerTimer };

export type InviteServerEffect =
  /** The response that the leg has just given; it becomes the last one. */
  | { readonly do: 'send-response' }
  | { readonly do: 'repeat-response' }
  /** An ACK of a 2xx in spite of its branch: the leg wants it. */
  | { readonly do: 'deliver-ack' }
  | TimerEffect<InviteServerTimer>;

type Outcome = Step<InviteServerState, InviteServerEffect>;

const SEND = { do: 'send-response' } as const;
const REPEAT = { do: 'repeat-response' } as const;

/** The 100 is the first response that the engine gives. */
export function beginInviteServer(): InviteServerState {
  return { tag: 'proceeding' };
}

export function stepInviteServer(
  state: InviteServerState,
  event: InviteServerEvent,
  carriage: Carriage = 'unreliable',
): Outcome {
  switch (state.tag) {
    case 'proceeding':
      return whileProceeding(state, event, carriage);
    case 'completed':
      return whileCompleted(state, event, carriage);
    case 'confirmed':
      return whileConfirmed(state, event);
    case 'accepted':
      return whileAccepted(state, event);
    case 'terminated':
      return unmoved(state);
    default:
      return never(state);
  }
}

function whileProceeding(
  state: InviteServerState,
  event: InviteServerEvent,
  carriage: Carriage,
): Outcome {
  switch (event.on) {
    case 'request':
      return { state, effects: [REPEAT] };
    case 'ack':
      return unmoved(state);
    case 'respond':
      if (event.status < 200) return { state, effects: [SEND] };
      return event.status < 300 ? accept() : complete(carriage);
    case 'timer':
      return unmoved(state);
    default:
      return never(event);
  }
}

function accept(): Outcome {
  return {
    state: { tag: 'accepted' },
    effects: [SEND, { do: 'set-timer', name: 'L', delayMs: TIMER_L_MS }],
  };
}

/** Over a reliable transport a refusal is not repeated. [3261-17.2.1] */
function complete(carriage: Carriage): Outcome {
  const again = { do: 'set-timer', name: 'G', delayMs: TIMER_G_MS } as const;
  return {
    state: { tag: 'completed', intervalMs: TIMER_G_MS },
    effects: [
      SEND,
      ...(carriage === 'reliable' ? [] : [again]),
      { do: 'set-timer', name: 'H', delayMs: TIMER_H_MS },
    ],
  };
}

function whileCompleted(
  state: InviteServerState & { readonly tag: 'completed' },
  event: InviteServerEvent,
  carriage: Carriage,
): Outcome {
  switch (event.on) {
    case 'request':
      return { state, effects: [REPEAT] };
    case 'ack':
      if (carriage === 'reliable') {
        return { state: { tag: 'terminated' }, effects: [{ do: 'clear-timer', name: 'H' }] };
      }
      return {
        state: { tag: 'confirmed' },
        effects: [
          { do: 'clear-timer', name: 'G' },
          { do: 'clear-timer', name: 'H' },
          { do: 'set-timer', name: 'I', delayMs: TIMER_I_MS },
        ],
      };
    case 'respond':
      return unmoved(state);
    case 'timer':
      return completedTimer(state, event.name);
    default:
      return never(event);
  }
}

/** Without an ACK there is nobody to tell: the leg was over with its final response. */
function completedTimer(
  state: InviteServerState & { readonly tag: 'completed' },
  name: InviteServerTimer,
): Outcome {
  if (name === 'H') {
    return { state: { tag: 'terminated' }, effects: [{ do: 'clear-timer', name: 'G' }] };
  }
  if (name !== 'G') return unmoved(state);
  const intervalMs = Math.min(state.intervalMs * 2, T2_MS);
  return {
    state: { tag: 'completed', intervalMs },
    effects: [REPEAT, { do: 'set-timer', name: 'G', delayMs: intervalMs }],
  };
}

function whileConfirmed(state: InviteServerState, event: InviteServerEvent): Outcome {
  switch (event.on) {
    case 'request':
      return unmoved(state);
    case 'ack':
      return unmoved(state);
    case 'respond':
      return unmoved(state);
    case 'timer':
      if (event.name !== 'I') return unmoved(state);
      return { state: { tag: 'terminated' }, effects: [] };
    default:
      return never(event);
  }
}

function whileAccepted(state: InviteServerState, event: InviteServerEvent): Outcome {
  switch (event.on) {
    case 'request':
      return unmoved(state);
    case 'ack':
      return { state, effects: [{ do: 'deliver-ack' }] };
    case 'respond':
      if (event.status < 200 || event.status > 299) return unmoved(state);
      return { state, effects: [SEND] };
    case 'timer':
      if (event.name !== 'L') return unmoved(state);
      return { state: { tag: 'terminated' }, effects: [] };
    default:
      return never(event);
  }
}
