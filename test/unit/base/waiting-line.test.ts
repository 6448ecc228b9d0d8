import { describe, expect, test } from '@jest/globals';
import { WaitingLine } from '../../../lib/base/waiting-line.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

function open() {
  const time = new VirtualWorld(1);
  const gone: string[] = [];
  const line = new WaitingLine<string>(time.world, 1000, (item) => {
    gone.push(`${item} ${time.nowMs}`);
  });
  return { time, gone, line };
}

describe('a line of things that wait', () => {
  test('lets each go when its time has come, in their order', () => {
    const { time, gone, line } = open();
    line.add('a');
    time.runUntil(500);
    line.add('b');
    time.runUntil(999);
    expect(gone).toEqual([]);
    time.runUntil(3000);
    expect(gone).toEqual(['a 1000', 'b 1500']);
    expect(time.pending).toBe(0);
  });

  test('has one alarm for all, and lets go together what is due at nearly the same time', () => {
    const { time, gone, line } = open();
    for (const at of [0, 10, 20, 99, 150]) {
      time.runUntil(at);
      line.add(`${at}`);
    }
    expect(time.pending).toBe(1);
    time.runUntil(5000);
    expect(gone).toEqual(['0 1000', '10 1100', '20 1100', '99 1100', '150 1200']);
  });

  test('nothing goes before its time, nor more than a tenth of a second after it', () => {
    const { time, gone, line } = open();
    const added: number[] = [];
    for (let count = 0; count < 30_000; count += 1) {
      time.runUntil(time.nowMs + time.random() * 7);
      added.push(time.nowMs);
      line.add(`${count}`);
    }
    time.runUntil(time.nowMs + 2000);
    const waits = gone.map((text, at) => Number(text.split(' ')[1]) - (added[at] ?? 0));
    expect(waits).toHaveLength(30_000);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1100);
  });

  test('what is added while something goes waits as long as anything', () => {
    const time = new VirtualWorld(1);
    const gone: number[] = [];
    const line: WaitingLine<number> = new WaitingLine<number>(time.world, 1000, (round) => {
      gone.push(time.nowMs);
      if (round < 3) line.add(round + 1);
    });
    line.add(1);
    time.runUntil(10_000);
    expect(gone).toEqual([1000, 2000, 3000]);
    expect(time.pending).toBe(0);
  });

  test('cleared it lets nothing go, and can be used again', () => {
    const { time, gone, line } = open();
    line.add('a');
    line.clear();
    expect(time.pending).toBe(0);
    line.add('b');
    time.runUntil(5000);
    expect(gone).toEqual(['b 1000']);
  });
});
