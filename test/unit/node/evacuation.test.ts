import { expect, test } from '@jest/globals';
import { evacuation } from '../../../lib/node/evacuation.ts';
import type { LiveCall } from '../../../lib/node/live-call.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

function callOf(name: string, emergency: boolean): LiveCall {
  return { state: { facts: { callId: name, emergency } } } as unknown as LiveCall;
}

function lose(ordinary: number, emergency: number) {
  const time = new VirtualWorld(1);
  const moved: { readonly name: string; readonly atMs: number }[] = [];
  const lost = evacuation(time.world.timers, ({ state }) => {
    moved.push({ name: state.facts.callId, atMs: time.nowMs });
  });
  const calls = [
    ...Array.from({ length: ordinary }, (_, index) => callOf(`o${index}`, false)),
    ...Array.from({ length: emergency }, (_, index) => callOf(`e${index}`, true)),
  ];
  for (const call of calls) lost.add(call);
  return { time, moved, lost, calls };
}

test('emergency calls are moved first, though they were lost last', () => {
  const { time, moved } = lose(50, 10);
  time.runUntil(10_000);
  expect(moved).toHaveLength(60);
  expect(moved.slice(0, 10).every(({ name }) => name.startsWith('e'))).toBe(true);
});

test('a thousand calls take their turn within four seconds, never many at once', () => {
  const { time, moved } = lose(1000, 0);
  time.runUntil(10_000);
  expect(moved).toHaveLength(1000);
  expect(moved.at(-1)?.atMs).toBeLessThan(4000);
  const perMoment = new Map<number, number>();
  for (const { atMs } of moved) perMoment.set(atMs, (perMoment.get(atMs) ?? 0) + 1);
  expect(Math.max(...perMoment.values())).toBeLessThanOrEqual(6);
  expect(time.pending).toBe(0);
});

test('a call that is lost twice is moved once, and again when it is lost later', () => {
  const { time, moved, lost, calls } = lose(1, 0);
  for (const call of calls) lost.add(call);
  time.runUntil(1000);
  expect(moved).toHaveLength(1);
  for (const call of calls) lost.add(call);
  time.runUntil(2000);
  expect(moved).toHaveLength(2);
});
