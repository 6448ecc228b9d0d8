import { describe, expect, test } from '@jest/globals';
import { ownEcho } from '../../../../lib/engine/builtin/own-echo.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';
import { Stage } from './stage.ts';

function open() {
  const time = new VirtualWorld(1);
  const echo = ownEcho(time.world.clock, time.world.rng);
  return { time, echo, pass: (ms: number) => time.runUntil(time.nowMs + ms) };
}

describe('the echo of a socket', () => {
  test('says how long its last datagram waited', () => {
    const { echo, pass } = open();
    const bytes = echo.next();
    pass(40);
    echo.hear(bytes);
    pass(500);
    expect(echo.waitedMs()).toBe(40);
  });

  test('says the age of one that has not come yet, once any has come', () => {
    const { echo, pass } = open();
    echo.hear(echo.next());
    const owed = echo.next();
    pass(700);
    expect(echo.waitedMs()).toBe(700);
    echo.next();
    pass(100);
    expect(echo.waitedMs()).toBe(800);
    echo.hear(owed);
    expect(echo.waitedMs()).toBe(800);
  });

  test('one that was lost is settled by the next that comes', () => {
    const { echo, pass } = open();
    echo.hear(echo.next());
    echo.next();
    pass(100);
    const second = echo.next();
    pass(30);
    echo.hear(second);
    expect(echo.waitedMs()).toBe(30);
  });

  test('knows nothing where none ever comes back', () => {
    const { echo, pass } = open();
    for (let round = 0; round < 100; round += 1) {
      echo.next();
      pass(100);
      expect(echo.waitedMs()).toBe(0);
    }
  });

  test('knows nothing any more when they have stopped coming back', () => {
    const { echo, pass } = open();
    echo.hear(echo.next());
    const waits: number[] = [];
    for (let round = 0; round < 100; round += 1) {
      echo.next();
      pass(100);
      waits.push(echo.waitedMs());
    }
    expect(Math.max(...waits)).toBe(3000);
    expect(waits.slice(40).every((ms) => ms === 0)).toBe(true);
  });

  test('takes no datagram of anybody else, nor an old one again', () => {
    const { echo, pass } = open();
    const other = open().echo;
    const first = echo.next();
    echo.hear(first);
    pass(100);
    echo.hear(first);
    echo.hear(Buffer.from('\0landfall 00 1'));
    echo.hear(Buffer.from(`${other.next().toString('latin1')}9`));
    echo.next();
    pass(50);
    expect(echo.waitedMs()).toBe(50);
  });
});

test('an engine measures the wait at its slowest socket, and such a datagram is no message', async () => {
  const stage = await Stage.open();
  stage.network.weather = { delayMs: 20, jitterMs: 0, loss: 0, duplication: 0 };
  expect(stage.engine.waitedMs()).toBe(0);
  stage.pass(100);
  expect(stage.engine.waitedMs()).toBe(20);
  stage.network.weather = { delayMs: 350, jitterMs: 0, loss: 0, duplication: 0 };
  stage.pass(100);
  expect(stage.engine.waitedMs()).toBe(20);
  stage.pass(300);
  expect(stage.engine.waitedMs()).toBe(300);
  expect([stage.faults, stage.strays, stage.invites]).toEqual([[], [], []]);
});
