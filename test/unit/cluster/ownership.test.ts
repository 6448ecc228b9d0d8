import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../lib/cluster/claims/claim.ts';
import type { ClaimStore } from '../../../lib/cluster/claims/claim-store.ts';
import type { Claimed } from '../../../lib/ports/ownership.ts';
import { VirtualCluster } from '../../support/virtual-cluster.ts';
import { cancelOf, from, invite, said, withBranch } from './arrivals.ts';

const claimIn = (claimed: Claimed) => {
  if (claimed.kind !== 'new') throw new Error(`the call is ${claimed.kind}`);
  return claimed.claim;
};
const pairs = (count: number) =>
  Array.from({ length: count ** 2 }, (_, at) => [1 + Math.floor(at / count), 1 + (at % count)]);

describe('an INVITE that comes to several sites', () => {
  test.each([2, 3, 5])(
    'of %d is one call, wherever it came first and comes again',
    async (count) => {
      const cluster = await new VirtualCluster(count).open();
      for (const [first = 0, again = 0] of pairs(count)) {
        const request = invite(`${first} ${again}`);
        expect(said(await cluster.invite(first, request))).toBe('new');
        await cluster.pass(500);
        expect(said(await cluster.invite(again, request))).toBe(`retransmission of ${first}`);
      }
    },
  );

  test('with another branch joins its call, and with one from elsewhere does not', async () => {
    const cluster = await new VirtualCluster(3).open();
    await cluster.invite(1, invite());
    const forked = withBranch(invite(), 'forked');
    expect(said(await cluster.invite(2, forked))).toBe('joined of 1');
    expect(said(await cluster.invite(3, forked, '198.51.100.66'))).toBe('new');
  });

  test('is joined for 32 seconds after the answer, and not after a failure', async () => {
    const cluster = await new VirtualCluster(3).open();
    for (const [progress, word, later] of [
      ['answered', 'joined of 1', 'new'],
      ['failed', 'new', 'joined of 3'],
    ] as const) {
      const request = invite(progress);
      const claim = claimIn(await cluster.invite(1, request));
      cluster.at(1).ownership.progress(claim, 'ringing');
      cluster.at(1).ownership.progress(claim, progress);
      await cluster.pass(10);
      expect(said(await cluster.invite(2, request))).toBe('retransmission of 1');
      expect(said(await cluster.invite(3, withBranch(request, 'other')))).toBe(word);
      await cluster.pass(32_000, 1000);
      expect(said(await cluster.invite(2, request))).toBe(later);
    }
  });

  test('is known for as long as it rings: its owner says it again', async () => {
    const cluster = await new VirtualCluster(5).open();
    const claim = claimIn(await cluster.invite(1, invite()));
    cluster.at(1).ownership.progress(claim, 'ringing');
    await cluster.pass(600_000, 1000);
    for (const site of [2, 3, 4, 5]) {
      expect(said(await cluster.invite(site, invite()))).toBe('retransmission of 1');
    }
    cluster.at(1).ownership.progress(claim, 'failed');
    await cluster.pass(300_000, 1000);
    expect(said(await cluster.invite(2, invite()))).toBe('new');
  });

  test('costs the same number of messages, however many sites there are', async () => {
    const counted = [];
    for (const count of [3, 5, 50]) {
      const cluster = await new VirtualCluster(count).open();
      const ringing = claimIn(await cluster.invite(1, invite()));
      cluster.at(1).ownership.progress(ringing, 'ringing');
      cluster.at(1).ownership.progress(ringing, 'answered');
      await cluster.pass(1000);
      counted.push(cluster.messages);
    }
    expect(counted).toEqual([8, 8, 8]);
  });
});

describe('the time that a call waits', () => {
  const RTTS: readonly (readonly [rttMs: number, waits: number])[] = [
    [2, 2],
    [20, 20],
    [29, 29],
    [40, 0],
    [160, 0],
  ];

  test.each(RTTS)('where holders are %d ms away is %d ms', async (rttMs, waits) => {
    const cluster = new VirtualCluster(3);
    cluster.wires.delayMs = () => rttMs / 2;
    await cluster.open();
    const { value, afterMs } = await cluster.timed(cluster.at(1).ownership.claim(from(invite())));
    expect([said(value), afterMs]).toEqual(['new', waits]);
  });

  test('is 30 ms where nobody answers any more, and none where the links are known to be down', async () => {
    const cluster = await new VirtualCluster(3).open();
    cluster.wires.isCut = () => true;
    const silent = await cluster.timed(cluster.at(1).ownership.claim(from(invite('silent'))));
    expect([said(silent.value), silent.afterMs]).toEqual(['new', 30]);
    await cluster.pass(3000);
    const down = await cluster.timed(cluster.at(1).ownership.claim(from(invite('down'))));
    expect([said(down.value), down.afterMs]).toEqual(['new', 0]);
  });

  test('is none at a site without peers', async () => {
    const cluster = await new VirtualCluster(1).open();
    const { value, afterMs } = await cluster.timed(cluster.at(1).ownership.claim(from(invite())));
    expect([said(value), afterMs]).toEqual(['new', 0]);
    expect(said(await cluster.invite(1, invite()))).toBe('retransmission of 1');
  });
});

describe('a CANCEL at another site', () => {
  test('finds its call, wherever either came [3261-9.1]', async () => {
    const cluster = await new VirtualCluster(5).open();
    for (const [first = 0, other = 0] of pairs(5)) {
      const request = invite(`${first} ${other}`);
      const claim = claimIn(await cluster.invite(first, request));
      await cluster.pass(100);
      const owned = await cluster.timed(
        cluster.at(other).ownership.ownerOf(from(cancelOf(request))),
      );
      expect(owned.value).toMatchObject({ owner: { site: first, epoch: 1 }, claim });
    }
  });

  test('that finds its call is not one that came before its INVITE', async () => {
    const cluster = await new VirtualCluster(5).open();
    for (const [first = 0, other = 0] of pairs(5)) {
      const request = invite(`${first} ${other}`);
      await cluster.invite(first, request);
      await cluster.timed(cluster.at(other).ownership.ownerOf(from(cancelOf(request))));
      expect(said(await cluster.invite(other, request))).toBe(`retransmission of ${first}`);
    }
  });

  test('that came before its INVITE is remembered wherever that comes, and rings nobody', async () => {
    const cluster = await new VirtualCluster(5).open();
    for (const [first = 0, other = 0] of pairs(5)) {
      const request = invite(`${first} ${other}`);
      const owned = cluster.at(other).ownership.ownerOf(from(cancelOf(request)));
      expect((await cluster.timed(owned)).value).toEqual({ kind: 'nobody' });
      await cluster.pass(31_000, 1000);
      expect(said(await cluster.invite(first, request))).toBe('tombstone');
    }
  });

  test('that crosses the claim of its INVITE stops the call, in time or late', async () => {
    for (const delayMs of [1, 14, 40, 80]) {
      const cluster = new VirtualCluster(3);
      cluster.wires.delayMs = () => delayMs;
      await cluster.open();
      const { ownership, buried } = cluster.at(1);
      const owned = cluster.at(2).ownership.ownerOf(from(cancelOf(invite())));
      const claimed = (await cluster.timed(ownership.claim(from(invite())))).value;
      const isFound = (await cluster.timed(owned)).value.kind === 'owner';
      await cluster.pass(500);
      expect([delayMs, isFound || said(claimed) === 'tombstone' || buried.length > 0]).toEqual([
        delayMs,
        true,
      ]);
    }
  });

  test('of a stranger finds the call, but leaves no tombstone for the caller', async () => {
    const cluster = await new VirtualCluster(3).open();
    const owned = cluster.at(2).ownership.ownerOf(from(cancelOf(invite()), '198.51.100.66'));
    await cluster.timed(owned);
    expect(said(await cluster.invite(1, invite()))).toBe('new');
  });

  test('has an answer within a second, whatever the links do', async () => {
    const cluster = await new VirtualCluster(3).open();
    cluster.wires.isCut = () => true;
    const owned = cluster.at(2).ownership.ownerOf(from(cancelOf(invite())));
    const { value, afterMs } = await cluster.timed(owned);
    expect([value, afterMs]).toEqual([{ kind: 'nobody' }, 1000]);
    expect(said(await cluster.invite(2, invite()))).toBe('tombstone');
  });
});

describe('a site that is gone', () => {
  test('keeps no call to itself: who gets the INVITE next goes on with it', async () => {
    const cluster = await new VirtualCluster(3).open();
    const claim = claimIn(await cluster.invite(1, invite()));
    cluster.at(1).ownership.progress(claim, 'ringing');
    await cluster.pass(100);
    cluster.wires.isCut = (one, other) => one === 1 || other === 1;
    await cluster.pass(3000);
    const next = claimIn(await cluster.invite(2, invite()));
    expect(said(await cluster.invite(3, invite()))).toBe('retransmission of 2');
    cluster.at(2).ownership.progress(next, 'ringing');
    await cluster.pass(5000);
    expect(cluster.at(2).yielded).toEqual([]);
  });

  test('is not asked again: whoever holds its claims names who has gone on', async () => {
    const cluster = await new VirtualCluster(6).open();
    const calls = Array.from({ length: 12 }, (_, call) => invite(`c${call}`));
    for (const call of calls) await cluster.invite(1, call);
    cluster.wires.isCut = (one, other) => one === 1 || other === 1;
    await cluster.pass(3000);
    for (const call of calls) {
      expect(said(await cluster.invite(2, call))).toBe('new');
      await cluster.pass(100);
      expect(said(await cluster.invite(3, call))).toBe('retransmission of 2');
    }
  });

  test('and has begun anew has no calls of its former start', async () => {
    const cluster = await new VirtualCluster(3).open();
    await cluster.invite(1, invite());
    await cluster.at(1).links.close();
    cluster.sites[0] = await cluster.begin(1, 2);
    await cluster.pass(5000);
    expect(said(await cluster.invite(1, invite()))).toBe('new');
    expect(said(await cluster.invite(2, invite()))).toBe('retransmission of 1');
  });

  test('and has begun anew knows what it held for others, from where it was kept', async () => {
    const cluster = await new VirtualCluster(2).open();
    const kept: Claim[] = [];
    const keeping: ClaimStore = {
      keep: (claim) => void kept.push(claim),
      load: async (onClaim) => {
        for (const claim of kept) onClaim(claim);
      },
      close: async () => undefined,
    };
    await cluster.at(2).links.close();
    cluster.sites[1] = await cluster.begin(2, 2, keeping);
    await cluster.pass(5000);
    await cluster.invite(1, invite());
    await cluster.invite(2, invite('own'));
    expect(kept.map(({ owner }) => `${owner.site}.${owner.epoch}`)).toEqual(['1.1', '2.2']);
    await cluster.at(2).links.close();
    await cluster.pass(5000);
    // The INVITE that site 1 has taken is not known to site 2 by its links.
    cluster.wires.isCut = () => true;
    cluster.sites[1] = await cluster.begin(2, 3, keeping);
    expect(cluster.at(2).ownership.sizes()).toEqual({ owned: 1, held: 1, buried: 0 });
  });
});

describe('a CANCEL whose call is out of reach', () => {
  test('ends it when the link is back', async () => {
    const cluster = await new VirtualCluster(2).open();
    let isCut = true;
    cluster.wires.isCut = () => isCut;
    await cluster.pass(3000);
    expect(said(await cluster.invite(1, invite()))).toBe('new');
    const owned = cluster.at(2).ownership.ownerOf(from(cancelOf(invite())));
    expect((await cluster.timed(owned)).value).toEqual({ kind: 'nobody' });
    expect(cluster.at(1).buried).toEqual([]);
    isCut = false;
    await cluster.pass(8000);
    expect(cluster.at(1).buried).toEqual(['1.1.1']);
  });

  test('is known to whom it is sent on from, when it has left the call', async () => {
    const cluster = await new VirtualCluster(3).open();
    await cluster.invite(1, invite());
    await cluster.pass(100);
    const { ownership } = cluster.at(2);
    expect(ownership.knownOwner(from(cancelOf(invite())))).toEqual({ site: 1, epoch: 1 });
    expect(ownership.knownOwner(from(cancelOf(invite('other'))))).toBeUndefined();
  });
});
