import { describe, expect, test } from '@jest/globals';
import {
  beginNonInviteServer,
  type NonInviteServerEvent,
  type NonInviteServerState,
  stepNonInviteServer,
} from '../../../../../lib/engine/builtin/proto/non-invite-server.ts';

const trying = beginNonInviteServer();
const stateAfter = (...events: NonInviteServerEvent[]): NonInviteServerState =>
  events.reduce((state, event) => stepNonInviteServer(state, event).state, trying);
const respond = (status: number) => ({ on: 'respond', status }) as const;
const REQUEST = { on: 'request' } as const;
const J = { on: 'timer', name: 'J' } as const;
const orders = (state: NonInviteServerState, event: NonInviteServerEvent) =>
  stepNonInviteServer(state, event).effects.map((effect) => effect.do);

describe('the server transaction of a request other than INVITE and ACK', () => {
  test('Once in the "Trying" state, any further request retransmissions are discarded. [3261-17.2.2]', () => {
    expect(trying.tag).toBe('trying');
    expect(orders(trying, REQUEST)).toEqual([]);
  });

  test('While in the "Trying" state, if the TU passes a provisional response to the server transaction, the server transaction MUST enter the "Proceeding" state. [3261-17.2.2]', () => {
    expect(stateAfter(respond(100)).tag).toBe('proceeding');
    expect(orders(trying, respond(100))).toEqual(['send-response']);
    expect(orders(stateAfter(respond(100)), respond(100))).toEqual(['send-response']);
  });

  test('If a retransmission of the request is received while in the "Proceeding" state, the most recently sent provisional response MUST be passed to the transport layer for retransmission. [3261-17.2.2]', () => {
    expect(orders(stateAfter(respond(100)), REQUEST)).toEqual(['repeat-response']);
  });

  test('When the server transaction enters the "Completed" state, it MUST set Timer J to fire in 64*T1 seconds for unreliable transports [3261-17.2.2]', () => {
    for (const from of [trying, stateAfter(respond(100))]) {
      expect(stepNonInviteServer(from, respond(200))).toEqual({
        state: { tag: 'completed' },
        effects: [{ do: 'send-response' }, { do: 'set-timer', name: 'J', delayMs: 32_000 }],
      });
    }
  });

  test('While in the "Completed" state, the server transaction MUST pass the final response to the transport layer for retransmission whenever a retransmission of the request is received. [3261-17.2.2]', () => {
    expect(orders(stateAfter(respond(200)), REQUEST)).toEqual(['repeat-response']);
  });

  test('Any other final responses passed by the TU to the server transaction MUST be discarded while in the "Completed" state. [3261-17.2.2]', () => {
    expect(orders(stateAfter(respond(200)), respond(481))).toEqual([]);
  });

  test('The server transaction remains in this state until Timer J fires, at which point it MUST transition to the "Terminated" state. [3261-17.2.2]', () => {
    expect(stateAfter(respond(200), J).tag).toBe('terminated');
    expect(orders(stateAfter(respond(200), J), REQUEST)).toEqual([]);
    expect(orders(trying, J)).toEqual([]);
  });
});
