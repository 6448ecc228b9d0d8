import { describe, expect, test } from '@jest/globals';
import {
  beginInviteServer,
  type InviteServerEvent,
  type InviteServerState,
  stepInviteServer,
} from '../../../../../lib/engine/builtin/proto/invite-server.ts';

const proceeding = beginInviteServer();
const stateAfter = (...events: InviteServerEvent[]): InviteServerState =>
  events.reduce((state, event) => stepInviteServer(state, event).state, proceeding);
const respond = (status: number) => ({ on: 'respond', status }) as const;
const timer = (name: 'G' | 'H' | 'I' | 'L') => ({ on: 'timer', name }) as const;
const ACK = { on: 'ack' } as const;
const REQUEST = { on: 'request' } as const;
const orders = (state: InviteServerState, event: InviteServerEvent) =>
  stepInviteServer(state, event).effects.map((effect) => effect.do);

describe('the server transaction of an INVITE', () => {
  test('When a server transaction is constructed for a request, it enters the "Proceeding" state. [3261-17.2.1]', () => {
    expect(proceeding).toEqual({ tag: 'proceeding' });
  });

  test('So long as the server transaction is in the "Proceeding" state, each of these MUST be passed to the transport layer for transmission. [3261-17.2.1]', () => {
    for (const status of [100, 180, 199]) {
      expect(stepInviteServer(proceeding, respond(status))).toEqual({
        state: proceeding,
        effects: [{ do: 'send-response' }],
      });
    }
  });

  test('If a request retransmission is received while in the "Proceeding" state, the most recent provisional response that was received from the TU MUST be passed to the transport layer for retransmission. [3261-17.2.1]', () => {
    expect(orders(proceeding, REQUEST)).toEqual(['repeat-response']);
  });

  test('While in the "Proceeding" state, if the TU passes a response with status code from 300 to 699 to the server transaction, the response MUST be passed to the transport layer for transmission, and the state machine MUST enter the "Completed" state. [3261-17.2.1]', () => {
    for (const status of [300, 487, 699]) {
      const { state, effects } = stepInviteServer(proceeding, respond(status));
      expect(state.tag).toBe('completed');
      expect(effects[0]).toEqual({ do: 'send-response' });
    }
  });

  test('For unreliable transports, timer G is set to fire in T1 seconds. When the "Completed" state is entered, timer H MUST be set to fire in 64*T1 seconds for all transports. [3261-17.2.1]', () => {
    expect(stepInviteServer(proceeding, respond(486)).effects.slice(1)).toEqual([
      { do: 'set-timer', name: 'G', delayMs: 500 },
      { do: 'set-timer', name: 'H', delayMs: 32_000 },
    ]);
  });

  test('when timer G fires, the response is passed to the transport again for transmission, and timer G is reset with a value that doubles, unless that value exceeds T2, in which case it is reset with the value of T2. [3261-17.2.1]', () => {
    let state = stateAfter(respond(486));
    const intervals: number[] = [];
    for (let times = 0; times < 5; times += 1) {
      const step = stepInviteServer(state, timer('G'));
      expect(step.effects[0]).toEqual({ do: 'repeat-response' });
      for (const effect of step.effects) {
        if (effect.do === 'set-timer') intervals.push(effect.delayMs);
      }
      state = step.state;
    }
    expect(intervals).toEqual([1000, 2000, 4000, 4000, 4000]);
  });

  test('while in the "Completed" state, if a request retransmission is received, the server SHOULD pass the response to the transport for retransmission. [3261-17.2.1]', () => {
    expect(orders(stateAfter(respond(486)), REQUEST)).toEqual(['repeat-response']);
  });

  test('If an ACK is received while the server transaction is in the "Completed" state, the server transaction MUST transition to the "Confirmed" state. [3261-17.2.1]', () => {
    const { state, effects } = stepInviteServer(stateAfter(respond(486)), ACK);
    expect(state.tag).toBe('confirmed');
    expect(effects).toEqual([
      { do: 'clear-timer', name: 'G' },
      { do: 'clear-timer', name: 'H' },
      { do: 'set-timer', name: 'I', delayMs: 5000 },
    ]);
  });

  test('If timer H fires while in the "Completed" state, it implies that the ACK was never received. In this case, the server transaction MUST transition to the "Terminated" state [3261-17.2.1]', () => {
    const { state, effects } = stepInviteServer(stateAfter(respond(486)), timer('H'));
    expect(state.tag).toBe('terminated');
    expect(effects).toEqual([{ do: 'clear-timer', name: 'G' }]);
  });

  test('The purpose of the "Confirmed" state is to absorb any additional ACK messages that arrive, triggered from retransmissions of the final response. [3261-17.2.1]', () => {
    const confirmed = stateAfter(respond(486), ACK);
    for (const event of [ACK, REQUEST, respond(200), timer('G'), timer('H')]) {
      expect(stepInviteServer(confirmed, event)).toEqual({ state: confirmed, effects: [] });
    }
  });

  test('Once timer I fires, the server MUST transition to the "Terminated" state. [3261-17.2.1]', () => {
    expect(stateAfter(respond(486), ACK, timer('I')).tag).toBe('terminated');
  });

  test('When the INVITE server transaction enters the "Accepted" state, Timer L MUST be set to fire in 64*T1 for all transports. [6026-8.7]', () => {
    const { state, effects } = stepInviteServer(proceeding, respond(200));
    expect(state.tag).toBe('accepted');
    expect(effects).toEqual([
      { do: 'send-response' },
      { do: 'set-timer', name: 'L', delayMs: 32_000 },
    ]);
    expect(stateAfter(respond(200), timer('L')).tag).toBe('terminated');
  });

  test('While in the "Accepted" state, any retransmissions of the INVITE received will match this transaction state machine and will be absorbed by the machine without changing its state. [6026-7.1]', () => {
    const accepted = stateAfter(respond(200));
    expect(stepInviteServer(accepted, REQUEST)).toEqual({ state: accepted, effects: [] });
  });

  test('passes an ACK on while "Accepted", and sends a further 2xx, but nothing else [6026-8.7]', () => {
    const accepted = stateAfter(respond(200));
    expect(orders(accepted, ACK)).toEqual(['deliver-ack']);
    expect(orders(accepted, respond(200))).toEqual(['send-response']);
    expect(orders(accepted, respond(486))).toEqual([]);
    expect(orders(accepted, respond(180))).toEqual([]);
  });

  test('ignores what a state does not want', () => {
    const names = ['G', 'H', 'I', 'L'] as const;
    for (const name of names) expect(orders(proceeding, timer(name))).toEqual([]);
    for (const name of ['I', 'L'] as const) {
      expect(orders(stateAfter(respond(486)), timer(name))).toEqual([]);
    }
    for (const name of ['G', 'H', 'I'] as const) {
      expect(orders(stateAfter(respond(200)), timer(name))).toEqual([]);
    }
    expect(orders(proceeding, ACK)).toEqual([]);
    expect(orders(stateAfter(respond(486)), respond(200))).toEqual([]);
    expect(orders(stateAfter(respond(200), timer('L')), REQUEST)).toEqual([]);
  });
});
