import { describe, expect, test } from '@jest/globals';
import {
  beginNonInviteClient,
  type NonInviteClientEvent,
  type NonInviteClientState,
  stepNonInviteClient,
} from '../../../../../lib/engine/builtin/proto/non-invite-client.ts';

const trying = beginNonInviteClient().state;
const stateAfter = (...events: NonInviteClientEvent[]): NonInviteClientState =>
  events.reduce((state, event) => stepNonInviteClient(state, event).state, trying);
const response = (status: number) => ({ on: 'response', status }) as const;
const timer = (name: 'E' | 'F' | 'K') => ({ on: 'timer', name }) as const;

/** The pauses after each firing of timer E. */
function pauses(from: NonInviteClientState, times: number): number[] {
  const delays: number[] = [];
  let state = from;
  for (let time = 0; time < times; time += 1) {
    const step = stepNonInviteClient(state, timer('E'));
    expect(step.effects[0]).toEqual({ do: 'send-request' });
    for (const effect of step.effects) if (effect.do === 'set-timer') delays.push(effect.delayMs);
    state = step.state;
  }
  return delays;
}

describe('the client transaction of a BYE or a CANCEL', () => {
  test('When entering this state, the client transaction SHOULD set timer F to fire in 64*T1 seconds. If an unreliable transport is in use, the client transaction MUST set timer E to fire in T1 seconds. [3261-17.1.2.2]', () => {
    expect(beginNonInviteClient()).toEqual({
      state: { tag: 'trying', intervalMs: 500 },
      effects: [
        { do: 'send-request' },
        { do: 'set-timer', name: 'E', delayMs: 500 },
        { do: 'set-timer', name: 'F', delayMs: 32_000 },
      ],
    });
  });

  test('For the default values of T1 and T2, this results in intervals of 500 ms, 1 s, 2 s, 4 s, 4 s, 4 s, etc. [3261-17.1.2.2]', () => {
    expect(pauses(trying, 5)).toEqual([1000, 2000, 4000, 4000, 4000]);
  });

  test('If Timer E fires while in the "Proceeding" state, the request MUST be passed to the transport layer for retransmission, and Timer E MUST be reset with a value of T2 seconds. [3261-17.1.2.2]', () => {
    expect(stateAfter(response(100)).tag).toBe('proceeding');
    expect(pauses(stateAfter(response(100)), 2)).toEqual([4000, 4000]);
  });

  test.each([
    ['Trying', trying],
    ['Proceeding', stateAfter(response(100))],
  ])(
    'If Timer F fires while the client transaction is still in the "%s" state, the client transaction SHOULD inform the TU about the timeout, and then it SHOULD enter the "Terminated" state. [3261-17.1.2.2]',
    (_, from) => {
      const { state, effects } = stepNonInviteClient(from, timer('F'));
      expect(state.tag).toBe('terminated');
      expect(effects).toContainEqual({ do: 'report-failure', cause: 'timeout' });
    },
  );

  test('If a final response (status codes 200-699) is received while in the "Trying" state, the response MUST be passed to the TU, and the client transaction MUST transition to the "Completed" state. [3261-17.1.2.2]', () => {
    for (const from of [trying, stateAfter(response(100))]) {
      for (const status of [200, 481, 699]) {
        const { state, effects } = stepNonInviteClient(from, response(status));
        expect(state.tag).toBe('completed');
        expect(effects).toEqual([
          { do: 'clear-timer', name: 'E' },
          { do: 'clear-timer', name: 'F' },
          { do: 'set-timer', name: 'K', delayMs: 5000 },
          { do: 'deliver-response' },
        ]);
      }
    }
  });

  test('The "Completed" state exists to buffer any additional response retransmissions that may be received. If Timer K fires while in this state, the client transaction MUST transition to the "Terminated" state. [3261-17.1.2.2]', () => {
    const completed = stateAfter(response(200));
    for (const event of [
      response(200),
      timer('E'),
      timer('F'),
      { on: 'transport-failed' } as const,
    ]) {
      expect(stepNonInviteClient(completed, event)).toEqual({ state: completed, effects: [] });
    }
    expect(stateAfter(response(200), timer('K')).tag).toBe('terminated');
  });

  test('The client transaction SHOULD inform the TU that a transport failure has occurred [3261-17.1.4]', () => {
    const { state, effects } = stepNonInviteClient(trying, { on: 'transport-failed' });
    expect(state.tag).toBe('terminated');
    expect(effects).toContainEqual({ do: 'report-failure', cause: 'transport' });
  });

  test('ignores what a state does not want', () => {
    expect(stepNonInviteClient(trying, timer('K')).effects).toEqual([]);
    expect(stepNonInviteClient(stateAfter(timer('F')), response(200)).effects).toEqual([]);
  });
});
