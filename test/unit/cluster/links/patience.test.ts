import { beforeEach, describe, expect, test } from '@jest/globals';
import { LINK_SETTINGS } from '../../../../lib/cluster/links/settings.ts';
import { readFrame } from '../../../sim/sites/frames.ts';
import { VirtualPeers } from '../../../support/virtual-peers.ts';

const { beatEveryMs } = LINK_SETTINGS;
const telling = (body: string) =>
  ({ to: 2, subject: 'held', rank: 'vital', body: Buffer.from(body) }) as const;
const patient = (body: string) => ({ ...telling(body), mayWait: true });

let peers: VirtualPeers;
beforeEach(() => {
  peers = new VirtualPeers();
});

/** Both are up, and between two beats. */
async function pair() {
  const first = await peers.join({ site: 1, peers: [2] });
  const second = await peers.join({ site: 2, peers: [1] });
  await peers.pass(1100);
  return [first, second] as const;
}

describe('what may wait', () => {
  test('leaves in one piece with what is said next, and before it', async () => {
    const [first, second] = await pair();
    const pieces: number[] = [];
    const hears = second.heard;
    expect(first.links.tell(patient('one'))).toBe(true);
    expect(first.links.tell(patient('two'))).toBe(true);
    await peers.pass(10, 10);
    expect(hears).toEqual([]);
    peers.wires.onWritten = (from) => void pieces.push(from);
    first.links.tell(telling('three'));
    await peers.pass(10, 10);

    expect(hears.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(pieces).toEqual([1]);
  });

  test('leaves at the next beat at the latest', async () => {
    const [first, second] = await pair();
    first.links.tell(patient('one'));
    await peers.pass(beatEveryMs + 10, 10);

    expect(second.heard.map(({ text }) => text)).toEqual(['one']);
  });

  test('does not wait when there is much of it', async () => {
    const [first, second] = await pair();
    for (let count = 0; count < 17; count += 1) first.links.tell(patient('x'.repeat(1024)));
    await peers.pass(10, 10);

    expect(second.heard.length).toBeGreaterThan(10);
  });
});

describe('beats', () => {
  const beatsIn = async (ms: number, say: () => void): Promise<number> => {
    let beats = 0;
    peers.wires.alters = (bytes, from) => {
      if (from === 1 && readFrame(bytes)?.kind === 'beat') beats += 1;
      return bytes;
    };
    for (let passed = 0; passed < ms; passed += 100) {
      say();
      await peers.pass(100);
    }
    return beats;
  };

  test('are left unsaid, but for one of four, while something else is said', async () => {
    const [first, second] = await pair();

    const beats = await beatsIn(20 * beatEveryMs, () => void first.links.tell(telling('more')));
    expect(beats).toBeGreaterThanOrEqual(4);
    expect(beats).toBeLessThanOrEqual(6);
    expect([first.turns, second.turns]).toEqual([['up 2'], ['up 1']]);
  });

  test('go out from one end at least when nothing is said', async () => {
    const [first, second] = await pair();

    const beats = await beatsIn(20 * beatEveryMs, () => undefined);
    expect(beats).toBeGreaterThanOrEqual(4);
    expect([first.turns, second.turns]).toEqual([['up 2'], ['up 1']]);
  });
});
