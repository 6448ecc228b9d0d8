import { expect, test } from '@jest/globals';
import * as timers from '../../../lib/sip/timer-values.ts';

test('T1 is an estimate of the round-trip time (RTT), and it defaults to 500 ms. [3261-17.1.1.1]', () => {
  expect(timers.T1_MS).toBe(500);
});

test('The default value of T2 is 4s, and it represents the amount of time a non-INVITE server transaction will take to respond to a request, if it does not respond immediately. [3261-17.1.2.2]', () => {
  expect(timers.T2_MS).toBe(4000);
});

test('T4 represents the amount of time the network will take to clear messages between client and server transactions. [3261-17.1.2.2]', () => {
  expect(timers.T4_MS).toBe(5000);
});

test('For any transport, the client transaction MUST start timer B with a value of 64*T1 seconds [3261-17.1.1.2]', () => {
  expect(timers.TRANSACTION_MS).toBe(32_000);
  expect([timers.TIMER_A_MS, timers.TIMER_B_MS, timers.TIMER_D_MS]).toEqual([500, 32_000, 32_000]);
});

test('If an unreliable transport is in use, the client transaction MUST set timer E to fire in T1 seconds. [3261-17.1.2.2]', () => {
  expect([timers.TIMER_E_MS, timers.TIMER_F_MS, timers.TIMER_K_MS]).toEqual([500, 32_000, 5000]);
});

test('For unreliable transports, timer G is set to fire in T1 seconds, and is not set to fire for reliable transports. [3261-17.2.1]', () => {
  expect([timers.TIMER_G_MS, timers.TIMER_H_MS, timers.TIMER_I_MS]).toEqual([500, 32_000, 5000]);
});

test('When the server transaction enters the "Completed" state, it MUST set Timer J to fire in 64*T1 seconds for unreliable transports, and zero seconds for reliable transports. [3261-17.2.2]', () => {
  expect(timers.TIMER_J_MS).toBe(32_000);
});

test('a server transaction that sent a 2xx absorbs repeated INVITEs for 64*T1 (timer L) [6026-7.1]', () => {
  expect(timers.TIMER_L_MS).toBe(32_000);
});

test('a client transaction that got a 2xx takes further ones for 64*T1 (timer M) [6026-7.2]', () => {
  expect(timers.TIMER_M_MS).toBe(32_000);
});
