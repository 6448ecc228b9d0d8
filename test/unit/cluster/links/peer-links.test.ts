import { beforeEach, describe, expect, test } from '@jest/globals';
import { VERSION } from '../../../../lib/cluster/links/frame.ts';
import { LINK_SETTINGS } from '../../../../lib/cluster/links/settings.ts';
import type { Dispatch, Rank } from '../../../../lib/ports/peer-links.ts';
import { type Joining, type VirtualPeer, VirtualPeers } from '../../../support/virtual-peers.ts';

const to = (site: number, body = 'hello', rank: Rank = 'vital'): Dispatch => ({
  to: site,
  subject: 'stray',
  rank,
  body: Buffer.from(body),
});

let peers: VirtualPeers;
beforeEach(() => {
  peers = new VirtualPeers();
});

async function pair(one: Partial<Joining> = {}, other: Partial<Joining> = {}) {
  const first = await peers.join({ site: 1, peers: [2], ...one });
  const second = await peers.join({ site: 2, peers: [1], ...other });
  return [first, second] as const;
}

const upOf = ({ links }: VirtualPeer) =>
  links.peers().flatMap(({ site, link }) => (link === undefined ? [] : [site]));

describe('two sites', () => {
  test('have one link, which the one of the lower number has dialled', async () => {
    const [first, second] = await pair();
    await peers.pass(5000);

    expect([upOf(first), upOf(second)]).toEqual([[2], [1]]);
    expect(peers.wires.dialled).toEqual(['1>2']);
    expect(peers.wires.open).toBe(1);
    expect(first.notices).toMatchObject([
      { event: 'peer-up', peer: 's2', epoch: 1, version: VERSION },
    ]);
  });

  test('that dial each other at once keep the one that the lower number dialled', async () => {
    peers.wires.delayMs = () => 40;
    const eager = { settings: { courtesyMs: 0 } };
    const [first, second] = await pair(eager, eager);
    await peers.pass(5000);

    expect(peers.wires.dialled).toEqual(['1>2', '2>1']);
    expect(peers.wires.open).toBe(1);
    expect([first.turns, second.turns]).toEqual([['up 2'], ['up 1']]);
    expect((await asked(first, to(2))).kind).toBe('answered');
    expect((await asked(second, to(1))).kind).toBe('answered');
  });

  test('measure the way there and back', async () => {
    peers.wires.delayMs = (from) => (from === 1 ? 30 : 50);
    const [first, second] = await pair();
    await peers.pass(5000);

    expect(first.links.peer(2)?.link?.rttMs).toBe(80);
    expect(second.links.peer(1)?.link?.rttMs).toBe(80);
  });

  test('have told what they tell at the start when the way is measured', async () => {
    peers.wires.delayMs = () => 40;
    const measured: unknown[] = [];
    const notes = { onTold: () => void measured.push(first.links.peer(2)?.link?.rttMs) };
    const tellsAtOnce = { onUp: () => void second.links.tell(to(1, 'held')) };
    const [first, second] = await pair({ ears: notes }, { ears: tellsAtOnce });
    await peers.pass(1000);

    expect(measured).toEqual([undefined]);
    expect(first.links.peer(2)?.link?.rttMs).toBe(80);
  });

  test('ask and are answered, tell and are heard', async () => {
    const [first, second] = await pair();
    await peers.pass(1000);
    const answer = await asked(first, to(2, 'whose'));

    expect(answer).toMatchObject({ kind: 'answered', afterMs: 2 });
    expect(answer.kind === 'answered' && answer.body.toString()).toBe('whose?');
    expect(second.links.tell({ ...to(1, 'yours'), subject: 'held' })).toBe(true);
    await peers.pass(10);
    expect(first.heard).toEqual([{ from: 2, subject: 'held', text: 'yours' }]);
  });
});

async function asked(peer: VirtualPeer, dispatch: Dispatch, withinMs = 500) {
  const answer = peer.links.carry(dispatch, withinMs);
  await peers.pass(withinMs);
  return await answer;
}

describe('a site that does not answer', () => {
  test('leaves what was asked unknown when the time is over', async () => {
    const [first] = await pair({}, { ears: { onAsked: () => undefined } });
    await peers.pass(1000);

    expect(await asked(first, to(2), 30)).toEqual({ kind: 'unknown', why: 'late' });
  });

  test('is down after missed beats, and up again when it is heard', async () => {
    const [first, second] = await pair();
    await peers.pass(3000);
    let isCut = true;
    peers.wires.isCut = () => isCut;
    await peers.pass(LINK_SETTINGS.downAfterMs - 2 * LINK_SETTINGS.beatEveryMs);
    expect(first.turns).toEqual(['up 2']);
    const waiting = first.links.carry(to(2), 60_000);
    await peers.pass(4 * LINK_SETTINGS.beatEveryMs);

    expect([first.turns, second.turns]).toEqual([
      ['up 2', 'down 2'],
      ['up 1', 'down 1'],
    ]);
    expect(await waiting).toEqual({ kind: 'unknown', why: 'down' });
    expect(await asked(first, to(2), 1)).toEqual({ kind: 'unknown', why: 'down' });
    expect(first.notices[1]).toMatchObject({ event: 'peer-down', why: 'silent', by: 'us' });
    isCut = false;
    await peers.pass(15_000);
    expect(first.turns).toEqual(['up 2', 'down 2', 'up 2']);
    expect(peers.wires.open).toBe(1);
  });

  test('is dialled less and less often, and told of once', async () => {
    const first = await peers.join({ site: 1, peers: [2] });
    await peers.pass(60_000);

    expect(peers.wires.dialled.length).toBeGreaterThan(10);
    expect(peers.wires.dialled.length).toBeLessThan(25);
    expect(first.notices).toMatchObject([{ event: 'peer-refused', why: 'unreachable' }]);
  });

  test('is not dead because this one has stood still', async () => {
    const [first, second] = await pair();
    await peers.pass(3000);
    // All alarms of both are late, and what the other one said has not been read.
    peers.time.at(peers.time.nowMs, () => undefined);
    const stall = peers.time.world.clock.mono() + 10_000;
    const { clock } = peers.time.world;
    const mono = clock.mono.bind(clock);
    clock.mono = () => Math.max(mono(), stall) as ReturnType<typeof mono>;
    await peers.pass(12_000);

    expect([first.turns, second.turns]).toEqual([['up 2'], ['up 1']]);
  });
});

describe('a site that has begun anew', () => {
  test('is known by its next start, though the old link seems to be up', async () => {
    const [first, old] = await pair();
    await peers.pass(3000);
    await peers.join({ site: 2, peers: [1], epoch: 2 });
    await peers.pass(900);
    expect(upOf(old)).toEqual([]);

    expect(first.links.peer(2)?.link?.epoch).toBe(2);
    expect(first.turns).toEqual(['up 2', 'up 2']);
  });

  test('is not pushed aside by what is left of its old start', async () => {
    const first = await peers.join({ site: 1, peers: [2] });
    const old = await peers.join({ site: 2, peers: [1], epoch: 1 });
    await peers.join({ site: 2, peers: [1], epoch: 2 });
    await peers.pass(20_000);

    expect(first.links.peer(2)?.link?.epoch).toBe(2);
    expect(upOf(old)).toEqual([]);
    expect(old.notices).toMatchObject([{ event: 'peer-refused', why: 'old-epoch' }]);
  });
});

describe('a link that is full', () => {
  test('sheds strays of ordinary calls first, then those of emergency calls, claims last', async () => {
    const [first, second] = await pair({ settings: { queueBytesMax: 4000, downAfterMs: 60_000 } });
    await peers.pass(3000);
    peers.wires.isDeaf = (site) => site === 2;
    const sent = (rank: Rank) => {
      let count = 0;
      while (count < 100 && first.links.tell(to(2, 'x'.repeat(92), rank))) count += 1;
      return count;
    };
    const counts = [sent('ordinary'), sent('emergency'), sent('vital')];

    expect(counts).toEqual([10, 20, 10]);
    expect(Object.fromEntries(first.counts)).toEqual({
      'peer_frames/shed-ordinary': 1,
      'peer_frames/shed-emergency': 1,
      'peer_frames/shed-vital': 1,
    });
    expect(await asked(first, to(2), 1)).toEqual({ kind: 'unknown', why: 'shed' });
    expect(second.heard).toEqual([]);
  });

  test('asks in bulk, and answers that, only where next to nothing waits', async () => {
    const settings = { queueBytesMax: 10_000, downAfterMs: 60_000 };
    const [first, second] = await pair({ settings }, { settings });
    await peers.pass(3000);
    const records = { to: 2, subject: 'records', rank: 'bulk', body: Buffer.from('r') } as const;
    const waiting = first.links.carry(records, 5000);
    peers.wires.isDeaf = (site) => site === 1;
    expect(second.links.tell(to(1, 'x'.repeat(92), 'ordinary'))).toBe(true);
    await peers.pass(5000);

    expect(await waiting).toEqual({ kind: 'unknown', why: 'late' });
    expect(await second.links.carry({ ...records, to: 1 }, 1)).toEqual({
      kind: 'unknown',
      why: 'shed',
    });
    expect(second.counts.get('peer_frames/shed-bulk')).toBe(2);
    peers.wires.isDeaf = () => false;
    second.links.tell(to(1));
    await peers.pass(1000);
    expect((await asked(first, records)).kind).toBe('answered');
  });

  test('keeps room for claims among the questions that are out', async () => {
    const [first] = await pair(
      { settings: { asksMax: 8 } },
      { ears: { onAsked: () => undefined } },
    );
    await peers.pass(1000);
    const answers = ['ordinary', 'ordinary', 'ordinary', 'emergency', 'emergency'] as const;
    const asks = answers.map((rank) => first.links.carry(to(2, '', rank), 100));
    asks.push(first.links.carry(to(2, '', 'vital'), 100));
    await peers.pass(200);

    expect((await Promise.all(asks)).map((one) => one.kind === 'unknown' && one.why)).toEqual([
      'late',
      'late',
      'shed',
      'late',
      'late',
      'late',
    ]);
  });
});

describe('a site that closes its links', () => {
  test('says so, and whoever waits is told', async () => {
    const [first, second] = await pair({}, { ears: { onAsked: () => undefined } });
    await peers.pass(1000);
    const waiting = first.links.carry(to(2), 60_000);
    await first.links.close();
    await peers.pass(100);

    expect(await waiting).toEqual({ kind: 'unknown', why: 'closed' });
    expect(await first.links.carry(to(2), 10)).toEqual({ kind: 'unknown', why: 'closed' });
    expect(second.notices[1]).toMatchObject({ event: 'peer-down', why: 'closing', level: 'info' });
    await second.links.close();
    await peers.pass(10_000);
    expect(peers.time.pending).toBe(0);
  });

  test('and one that nobody can reach is asked in vain', async () => {
    const first = await peers.join({ site: 1, peers: [2] });

    expect(await first.links.carry(to(9), 10)).toEqual({ kind: 'unknown', why: 'down' });
    expect(first.links.tell(to(9))).toBe(false);
    expect(first.links.peer(9)).toBeUndefined();
  });
});
