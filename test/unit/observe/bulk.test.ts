import { describe, expect, test } from '@jest/globals';
import { inBulk } from '../../../lib/observe/bulk.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

describe('work in bulk', () => {
  test('waits for a moment and is done in its order', () => {
    const time = new VirtualWorld(1);
    const bulk = inBulk(time.world.timers);
    const done: number[] = [];
    for (const job of [1, 2, 3]) bulk.add(() => void done.push(job));
    expect(done).toEqual([]);
    time.runUntil(50);
    expect(done).toEqual([1, 2, 3]);
  });

  test('never holds more than a hundred jobs', () => {
    const time = new VirtualWorld(1);
    const bulk = inBulk(time.world.timers);
    const done: number[] = [];
    for (let job = 0; job < 250; job += 1) bulk.add(() => void done.push(job));
    expect(done).toHaveLength(200);
  });

  test('is done at once when it is asked for, and only once', () => {
    const time = new VirtualWorld(1);
    const bulk = inBulk(time.world.timers);
    const done: string[] = [];
    bulk.add(() => void done.push('job'));
    bulk.finish();
    expect(done).toEqual(['job']);
    time.runUntil(1000);
    expect(done).toEqual(['job']);
  });
});
