import { describe, expect, test } from '@jest/globals';
import {
  beginInviteClient,
  type InviteClientEvent,
  type InviteClientState,
  stepInviteClient,
} from '../../../../../lib/engine/builtin/proto/invite-client.ts';

const calling = beginInviteClient().state;
const stateAfter = (...events: InviteClientEvent[]): InviteClientState =>
  events.reduce((state, event) => stepInviteClient(state, event).state, calling);
const response = (status: number) => ({ on: 'response', status }) as const;
const timer = (name: 'A' | 'B' | 'D' | 'M') => ({ on: 'timer', name }) as const;
const orders = (state: InviteClientState, event: InviteClientEvent) =>
  stepInviteClient(state, event).effects.map((effect) => effect.do);

describe('the client transaction of an INVITE', () => {
  test('The initial state, "calling", MUST be entered when the TU initiates a new client transaction with an INVITE request. [3261-17.1.1.2]', () => {
    const { state, effects } = beginInviteClient();
    expect(state.tag).toBe('calling');
    expect(effects[0]).toEqual({ do: 'send-request' });
  });

  test('If an unreliable transport is being used, the client transaction MUST start timer A with a value of T1. For any transport, the client transaction MUST start timer B with a value of 64*T1 seconds [3261-17.1.1.2]', () => {
    expect(beginInviteClient().effects.slice(1)).toEqual([
      { do: 'set-timer', name: 'A', delayMs: 500 },
      { do: 'set-timer', name: 'B', delayMs: 32_000 },
    ]);
  });

  test('This process MUST continue so that the request is retransmitted with intervals that double after each transmission. [3261-17.1.1.2]', () => {
    let state = calling;
    const intervals: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      const step = stepInviteClient(state, timer('A'));
      expect(step.effects[0]).toEqual({ do: 'send-request' });
      for (const effect of step.effects) {
        if (effect.do === 'set-timer') intervals.push(effect.delayMs);
      }
      state = step.state;
    }
    expect(intervals).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000]);
  });

  test('If the client transaction is still in the "Calling" state when timer B fires, the client transaction SHOULD inform the TU that a timeout has occurred. The client transaction MUST NOT generate an ACK. [3261-17.1.1.2]', () => {
    const { state, effects } = stepInviteClient(calling, timer('B'));
    expect(state.tag).toBe('terminated');
    expect(effects).toContainEqual({ do: 'report-failure', cause: 'timeout' });
    expect(effects.map((effect) => effect.do)).not.toContain('send-ack');
  });

  test('In the "Proceeding" state, the client transaction SHOULD NOT retransmit the request any longer. [3261-17.1.1.2]', () => {
    const { state, effects } = stepInviteClient(calling, response(100));
    expect(state.tag).toBe('proceeding');
    expect(effects).toContainEqual({ do: 'clear-timer', name: 'A' });
    expect(effects).toContainEqual({ do: 'clear-timer', name: 'B' });
    expect(orders(state, timer('A'))).toEqual([]);
  });

  test('Any further provisional responses MUST be passed up to the TU while in the "Proceeding" state. [3261-17.1.1.2]', () => {
    expect(orders(calling, response(180))).toContain('deliver-response');
    expect(orders(stateAfter(response(180)), response(180))).toEqual(['deliver-response']);
  });

  test.each([
    ['Calling', calling],
    ['Proceeding', stateAfter(response(180))],
  ])(
    'When in either the "Calling" or "Proceeding" states, reception of a response with status code from 300-699 MUST cause the client transaction to transition to "Completed". (%s) [3261-17.1.1.2]',
    (_, from) => {
      for (const status of [300, 486, 699]) {
        const { state, effects } = stepInviteClient(from, response(status));
        expect(state.tag).toBe('completed');
        expect(effects.map((effect) => effect.do)).toContain('send-ack');
        expect(effects.map((effect) => effect.do)).toContain('deliver-response');
      }
    },
  );

  test('The client transaction SHOULD start timer D when it enters the "Completed" state, with a value of at least 32 seconds for unreliable transports [3261-17.1.1.2]', () => {
    const { effects } = stepInviteClient(calling, response(486));
    expect(effects).toContainEqual({ do: 'set-timer', name: 'D', delayMs: 32_000 });
    expect(stateAfter(response(486), timer('D')).tag).toBe('terminated');
  });

  test('Any retransmissions of the final response that are received while in the "Completed" state MUST cause the ACK to be re-passed to the transport layer for retransmission, but the newly received response MUST NOT be passed up to the TU. [3261-17.1.1.2]', () => {
    const completed = stateAfter(response(486));
    expect(orders(completed, response(486))).toEqual(['send-ack']);
    expect(orders(completed, response(180))).toEqual([]);
  });

  test('passes up a 2xx that comes after a refusal, since its callee believes it is in a call', () => {
    expect(orders(stateAfter(response(486)), response(200))).toEqual(['deliver-response']);
  });

  test('When a 2xx response is received, the client transaction enters the "Accepted" state and Timer M is set to fire in 64*T1. [6026-8.4]', () => {
    for (const from of [calling, stateAfter(response(180))]) {
      const { state, effects } = stepInviteClient(from, response(200));
      expect(state.tag).toBe('accepted');
      expect(effects).toContainEqual({ do: 'set-timer', name: 'M', delayMs: 32_000 });
      expect(effects.at(-1)).toEqual({ do: 'deliver-response' });
    }
  });

  test('Any 2xx responses that match this client transaction and that are received while in the "Accepted" state MUST be passed up to the TU. The client transaction MUST NOT generate an ACK to the 2xx response. [6026-8.4]', () => {
    const accepted = stateAfter(response(200));
    expect(orders(accepted, response(200))).toEqual(['deliver-response']);
    expect(orders(accepted, response(180))).toEqual([]);
    expect(orders(accepted, response(486))).toEqual([]);
    expect(stateAfter(response(200), timer('M')).tag).toBe('terminated');
  });

  test('The client transaction SHOULD inform the TU that a transport failure has occurred, and the client transaction SHOULD transition directly to the "Terminated" state. [3261-17.1.4]', () => {
    const { state, effects } = stepInviteClient(calling, { on: 'transport-failed' });
    expect(state.tag).toBe('terminated');
    expect(effects).toContainEqual({ do: 'report-failure', cause: 'transport' });
  });

  test('ignores what a state does not want', () => {
    const failed = { on: 'transport-failed' } as const;
    const names = ['A', 'B', 'D', 'M'] as const;
    const strangers = (wanted: string) => names.filter((name) => !wanted.includes(name));
    for (const name of strangers('AB')) expect(orders(calling, timer(name))).toEqual([]);
    for (const name of names) expect(orders(stateAfter(response(180)), timer(name))).toEqual([]);
    for (const name of strangers('D'))
      expect(orders(stateAfter(response(486)), timer(name))).toEqual([]);
    for (const name of strangers('M'))
      expect(orders(stateAfter(response(200)), timer(name))).toEqual([]);
    for (const status of [180, 200, 486])
      expect(orders(stateAfter(response(status)), failed)).toEqual([]);
    expect(orders(stateAfter(timer('B')), response(200))).toEqual([]);
  });
});
