import { describe, expect, test } from '@jest/globals';
import type { WhyGivenUp } from '../../../../lib/engine/builtin/connection-counts.ts';
import { A, CALLER } from './peers.ts';
import { type Talker, TcpStage, tcpSays } from './tcp-stage.ts';

const LONER = '203.0.113.200';
const crowd = (host: number) => `203.0.113.${host}`;
const areClosed = (talkers: readonly Talker[]) => talkers.map(({ isClosed }) => isClosed);
const givenUp = ({ engine }: TcpStage, why: WhyGivenUp) => engine.counts().connections.givenUp[why];
const refused = ({ engine }: TcpStage) => {
  const all = Object.entries(engine.counts().connections.refused);
  return all.filter(([, count]) => count > 0);
};

/** Whoever comes in now is served: a caller of an emergency call who knows nothing of the crowd. */
function isServed(stage: TcpStage, from = LONER): boolean {
  const before = stage.invites.length;
  const caller = stage.connect(A, from);
  stage.says(caller, tcpSays('INVITE', { callId: `of-${from}-${before}` }));
  return !caller.isClosed && stage.invites.length === before + 1;
}

describe('whoever fills the room keeps nobody else out', () => {
  test('those of one source who say nothing give way to who comes after them from there', async () => {
    const stage = await TcpStage.open({ newcomersPerSourceMax: 2 });
    const spoken = stage.connect();
    stage.says(spoken, tcpSays('OPTIONS'));
    const three = [stage.connect(), stage.connect(), stage.connect()];
    expect(areClosed(three)).toEqual([true, false, false]);
    expect(spoken.isClosed).toBe(false);
    expect(isServed(stage, CALLER.address)).toBe(true);
    expect(givenUp(stage, 'newcomer')).toBe(2);
    expect(refused(stage)).toEqual([]);
  });

  test('in all, those give way first of whom there are most', async () => {
    const stage = await TcpStage.open({ newcomersMax: 4 });
    const loner = stage.connect(A, LONER);
    const many = [1, 1, 1, 2].map((host) => stage.connect(A, crowd(host)));
    expect(areClosed([loner, ...many])).toEqual([false, true, false, false, false]);
    stage.says(loner, tcpSays('INVITE'));
    expect(stage.invites).toHaveLength(1);
  });

  test('when all have spoken, the idle ones of the largest crowd give way; calls stay', async () => {
    const stage = await TcpStage.open({ connectionsMax: 6, acceptsPerSecMax: 2 });
    const calling = stage.connect(A, crowd(1));
    stage.ringIn(calling, { callId: 'rings' });
    const idle = [1, 1, 1, 2, 3].map((host) => {
      stage.pass(1000);
      const talker = stage.connect(A, crowd(host));
      stage.says(talker, tcpSays('OPTIONS'));
      return talker;
    });
    expect(isServed(stage)).toBe(true);
    expect(calling.isClosed).toBe(false);
    expect(areClosed(idle)).toEqual([true, true, false, false, false]);
    expect(givenUp(stage, 'idle')).toBe(2);
    expect(refused(stage)).toEqual([]);
  });

  test('where all carry calls there is no room, and looking for it is not done at each knock', async () => {
    const stage = await TcpStage.open({ connectionsMax: 2 });
    for (const callId of ['1', '2']) stage.ringIn(stage.connect(A, crowd(1)), { callId });
    for (let knock = 0; knock < 50; knock += 1) expect(isServed(stage)).toBe(false);
    expect(refused(stage)).toEqual([['in-all', 50]]);
  });

  test('who knocks faster than one may takes nothing of the rate of others', async () => {
    const stage = await TcpStage.open({ acceptsPerSecMax: 20, acceptsPerSecPerSourceMax: 10 });
    for (let knock = 0; knock < 100; knock += 1) stage.connect(A, crowd(1)).socket?.cut();
    expect(refused(stage)).toEqual([['per-second', 90]]);
    for (let caller = 10; caller < 20; caller += 1) {
      expect(isServed(stage, crowd(caller))).toBe(true);
    }
  });

  test('who knocks on the door of a full source takes nothing of the rate of others', async () => {
    const stage = await TcpStage.open({ acceptsPerSecMax: 4, connectionsPerSourceMax: 2 });
    for (let knock = 0; knock < 100; knock += 1) stage.connect(A, crowd(1));
    expect(refused(stage)).toEqual([['per-source', 98]]);
    for (const caller of [10, 11]) expect(isServed(stage, crowd(caller))).toBe(true);
  });

  test('when crowds fill the second, who has no more than a few connections still gets in', async () => {
    const stage = await TcpStage.open({ acceptsPerSecMax: 10 });
    for (let knock = 0; knock < 50; knock += 1) stage.connect(A, crowd(1 + (knock % 2)));
    expect(refused(stage)).toEqual([['per-second', 40]]);
    for (let caller = 10; caller < 20; caller += 1) {
      expect(isServed(stage, crowd(caller))).toBe(true);
    }
    expect(isServed(stage, crowd(30))).toBe(false);
  });
});

describe('a little of each of many is bounded', () => {
  const half = (bytes: number) => `INVITE sip:112@a SIP/2.0\r\nSubject: ${'x'.repeat(bytes)}`;

  test('halves of messages: the oldest give way', async () => {
    const stage = await TcpStage.open({ halvesBytesMax: 10_000 });
    const hoarders = [1, 2, 3, 4, 5].map((host) => {
      const talker = stage.connect(A, crowd(host));
      stage.says(talker, half(3000));
      return talker;
    });
    expect(areClosed(hoarders)).toEqual([true, true, false, false, false]);
    expect(givenUp(stage, 'half-message')).toBe(2);
    expect(isServed(stage)).toBe(true);
  });

  test('and what has become whole counts no more', async () => {
    const stage = await TcpStage.open({ halvesBytesMax: 10_000 });
    const talkers = Array.from({ length: 20 }, (_, host) => {
      const talker = stage.connect(A, crowd(host));
      const text = tcpSays('OPTIONS', { callId: 'x'.repeat(3000) });
      stage.says(talker, text.slice(0, -10));
      stage.says(talker, text.slice(-10));
      return talker;
    });
    expect(talkers.every(({ summary }) => summary[0] === '200 OPTIONS')).toBe(true);
    expect(givenUp(stage, 'half-message')).toBe(0);
  });

  test('answers that nobody reads: who has not read for longest is cut off', async () => {
    const stage = await TcpStage.open({ waitingBytesInAllMax: 3000 });
    const deaf = Array.from({ length: 20 }, (_, host) => {
      const talker = stage.connect(A, crowd(host));
      stage.streams.deafen(crowd(host));
      stage.says(talker, tcpSays('OPTIONS'));
      return talker;
    });
    const cut = areClosed(deaf).filter(Boolean).length;
    expect(cut).toBeGreaterThan(5);
    expect(areClosed(deaf).lastIndexOf(true)).toBe(cut - 1);
    expect(givenUp(stage, 'slow-reader')).toBe(cut);
    expect(isServed(stage)).toBe(true);
  });
});
