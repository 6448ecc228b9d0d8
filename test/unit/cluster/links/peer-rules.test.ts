import { beforeEach, describe, expect, test } from '@jest/globals';
import { encodeFrame, VERSION } from '../../../../lib/cluster/links/frame.ts';
import type { Dispatch } from '../../../../lib/ports/peer-links.ts';
import { type Joining, type VirtualPeer, VirtualPeers } from '../../../support/virtual-peers.ts';

const to = (site: number): Dispatch => ({
  to: site,
  subject: 'stray',
  rank: 'vital',
  body: Buffer.from('hello'),
});

let peers: VirtualPeers;
beforeEach(() => {
  peers = new VirtualPeers();
});

async function pair(other: Partial<Joining> = {}) {
  const first = await peers.join({ site: 1, peers: [2] });
  const second = await peers.join({ site: 2, peers: [1], ...other });
  await peers.pass(3000);
  return [first, second] as const;
}

const upOf = ({ links }: VirtualPeer) =>
  links.peers().flatMap(({ site, link }) => (link === undefined ? [] : [site]));

describe('versions', () => {
  test('next to each other work together, in either direction', async () => {
    const [first, second] = await pair({ version: VERSION + 1 });

    expect(first.links.peer(2)?.link?.version).toBe(VERSION);
    expect(second.links.peer(1)?.link?.version).toBe(VERSION);
    expect((await asked(first, 2)).kind).toBe('answered');
    expect((await asked(second, 1)).kind).toBe('answered');
  });

  test('a subject that the older one does not know is not sent to it, and all else is', async () => {
    const [first, second] = await pair({ version: 1 });
    const records = { ...to(2), subject: 'records' } as const;

    expect(await first.links.carry(records, 500)).toEqual({
      kind: 'unknown',
      why: 'not-understood',
    });
    expect(first.links.tell({ ...to(2), rank: 'bulk' })).toBe(false);
    expect((await asked(first, 2)).kind).toBe('answered');
    expect([first.turns, second.turns]).toEqual([['up 2'], ['up 1']]);
  });

  test('a kind of frame that only the newer one knows is skipped and counted', async () => {
    const [first, second] = await pair({ version: VERSION + 1 });
    peers.wires.inject(2, 1, Buffer.of(0, 0, 0, 3, VERSION + 1, 200, 1));
    await peers.pass(3000);

    expect(first.counts.get('peer_frames/skipped')).toBe(1);
    expect(second.turns).toEqual(['up 1']);
  });

  test('a question that only the newer one knows is passed, so that it waits no longer', async () => {
    const [first, second] = await pair();
    const waiting = second.links.carry(to(1), 60_000);
    peers.wires.inject(1, 2, encodeFrame({ kind: 'pass', id: 1 }));

    expect(await waiting).toEqual({ kind: 'unknown', why: 'not-understood' });
    peers.wires.inject(2, 1, Buffer.of(0, 0, 0, 8, VERSION + 1, 4, 0, 0, 0, 9, 0, 99));
    expect(first.counts.get('peer_frames/skipped')).toBe(1);
  });
});

async function asked({ links }: VirtualPeer, site: number) {
  const answer = links.carry(to(site), 500);
  await peers.pass(500);
  return await answer;
}

describe('a peer that does not keep to the rules', () => {
  test.each([
    ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame that is too long', Buffer.of(0xff, 0xff, 0xff, 0xff)],
    ['a second hello', encodeFrame({ kind: 'hello', oldest: 1, from: 2, to: 1, epoch: 1 })],
    ['a broken frame', Buffer.of(0, 0, 0, 2, VERSION, 77)],
  ])('loses its link by %s, and may come again', async (_, bytes) => {
    const [first] = await pair();
    peers.wires.inject(2, 1, bytes);
    await peers.pass(3000);

    expect(first.turns).toEqual(['up 2', 'down 2', 'up 2']);
    expect(first.notices[1]).toMatchObject({ why: bytes.length === 17 ? 'untimely' : 'garbled' });
  });

  test('is not taken for another site', async () => {
    const first = await peers.join({ site: 1, peers: [3] });
    // It dials the address of site 3, and finds one that calls itself 2.
    const { wires } = peers;
    await wires.of(2).listen(
      { address: '10.9.0.3', port: 7112 },
      {
        onArrived: (socket) => {
          socket.write(encodeFrame({ kind: 'hello', oldest: 1, from: 2, to: 1, epoch: 1 }));
          return { onBytes: () => undefined, onClosed: () => undefined };
        },
        onRefused: () => undefined,
      },
    );
    await peers.pass(1000);

    expect(upOf(first)).toEqual([]);
    expect(first.notices).toMatchObject([
      { event: 'peer-refused', why: 'wrong-site', says: 'it is site 2 and looks for 1' },
    ]);
  });

  test('nor is one that nobody has configured let in', async () => {
    const first = await peers.join({ site: 1, peers: [2] });
    await peers.join({ site: 7, peers: [1] });
    await peers.pass(600);

    expect(first.notices.map(({ event, claims }) => [event, claims])).toContainEqual([
      'peer-stranger',
      'site 7',
    ]);
    expect(upOf(first)).toEqual([]);
  });
});
