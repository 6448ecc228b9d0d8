import { beforeEach, describe, expect, test } from '@jest/globals';
import { callIdOf } from '../../../../lib/call/ids.ts';
import { RecentCalls } from '../../../../lib/observe/recent-calls.ts';
import { type AllSites, openAllSites } from '../../../../lib/observe/sites/all-sites.ts';
import type { SitesTailOptions } from '../../../../lib/observe/sites/sites-tail.ts';
import type { PeerEars } from '../../../../lib/ports/peer-links.ts';
import { type Joining, type VirtualPeer, VirtualPeers } from '../../../support/virtual-peers.ts';
import { someRecord } from '../some-call.ts';

const ALL = { failed: false, number: undefined, gateway: undefined };
const SITES = [1, 2, 3];

type Site = { readonly peer: VirtualPeer; readonly recent: RecentCalls; readonly sites: AllSites };
type Told = { readonly said: string[]; readonly stop: () => void };

let peers: VirtualPeers;
let sites: Site[];
beforeEach(async () => {
  peers = new VirtualPeers();
  peers.wires.delayMs = () => 40;
  sites = [];
  for (const site of SITES) sites.push(await begin(site));
  await peers.pass(3000);
});

async function begin(site: number, changes: Partial<Joining> = {}): Promise<Site> {
  const recent = new RecentCalls(30);
  const { world } = peers.time;
  const all = openAllSites({
    world,
    recent,
    own: { site: `s${site}`, epoch: changes.epoch ?? 1 },
    links: () => peer.links,
  });
  const onAsked: PeerEars['onAsked'] = (_from, subject, body, reply) => {
    if (subject === 'records') reply(all.answer(body));
  };
  const others = SITES.filter((one) => one !== site);
  const peer = await peers.join({ site, peers: others, ears: { onAsked }, ...changes });
  return { peer, recent, sites: all };
}

const at = (site: number) => {
  const found = sites[site - 1];
  if (found === undefined) throw new Error(`there is no site ${site}`);
  return found;
};

/** A call ends at that site, now. */
function end(site: number, name: string, fault: 'none' | 'gateway' = 'none'): void {
  const times = { ...someRecord().times, ended: peers.time.world.clock.unix() };
  const record = someRecord({ callId: callIdOf(name), site: `s${site}`, times, fault });
  at(site).recent.record(record, () => '');
}

function tail(options: Partial<SitesTailOptions> = {}, by = 1): Told {
  const said: string[] = [];
  const stop = at(by).sites.tail({
    wanted: ALL,
    lines: 20,
    isFollowed: true,
    onRecord: ({ site, callId }) => void said.push(`${site} ${callId}`),
    onRemark: (one) =>
      void said.push([one.site, one.remark, 'why' in one ? one.why : ''].join(' ')),
    onEnd: () => void said.push('end'),
    ...options,
  });
  if (stop === undefined) throw new Error('it is not told');
  return { said, stop };
}

describe('the calls of all sites', () => {
  test('of the past are the last ones of them together, in the order in which they ended', async () => {
    for (const [index, site] of [2, 1, 3, 3, 2, 1].entries()) {
      end(site, `c${index}`);
      await peers.pass(100);
    }
    const whole = tail({ isFollowed: false });
    const part = tail({ isFollowed: false, lines: 4 });
    const none = tail({ isFollowed: false, lines: 0 });
    await peers.pass(1000);

    const said = ['s2 c0', 's1 c1', 's3 c2', 's3 c3', 's2 c4', 's1 c5', 'end'];
    expect(whole.said).toEqual(said);
    expect(part.said).toEqual(said.slice(2));
    expect(none.said).toEqual(['end']);
  });

  test('follow one another as they end, whichever site it was', async () => {
    end(2, 'before');
    const { said, stop } = tail({ lines: 0 });
    await peers.pass(3000);
    const expected: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const site = 1 + ((index * 7) % 3);
      end(site, `c${index}`);
      expected.push(`s${site} c${index}`);
      await peers.pass(90);
    }
    await peers.pass(3000);
    stop();

    expect(said).toEqual(expected);
  });

  test('are only those that are wanted', async () => {
    const { said } = tail({ wanted: { ...ALL, failed: true } });
    await peers.pass(1000);
    end(1, 'fine');
    end(2, 'failed', 'gateway');
    end(3, 'well');
    await peers.pass(3000);

    expect(said).toEqual(['s2 failed']);
  });

  test('go on without a site that is cut off, and with its calls when it is back', async () => {
    const { said } = tail();
    await peers.pass(1000);
    peers.wires.isCut = (one, other) => one === 3 || other === 3;
    await peers.pass(3000);
    end(3, 'meanwhile');
    end(2, 'here');
    await peers.pass(3000);
    expect(said).toEqual(['s3 lost down', 's2 here']);
    peers.wires.isCut = () => false;
    await peers.pass(12_000);

    expect(said.slice(2)).toEqual(['s3 back ', 's3 meanwhile']);
  });

  test('say how many are not kept any more of a site that was away too long', async () => {
    const { said } = tail();
    await peers.pass(1000);
    peers.wires.isCut = (one, other) => one === 3 || other === 3;
    await peers.pass(3000);
    for (let index = 0; index < 35; index += 1) end(3, `c${index}`);
    peers.wires.isCut = () => false;
    await peers.pass(12_000);

    expect(said.slice(0, 3)).toEqual(['s3 lost down', 's3 back ', 's3 missed ']);
    expect(said).toHaveLength(3 + 30);
  });

  test('go on with a site that was started anew', async () => {
    const { said } = tail();
    end(3, 'old');
    await peers.pass(3000);
    await at(3).peer.links.close();
    sites[2] = await begin(3, { epoch: 2 });
    await peers.pass(12_000);
    end(3, 'new');
    await peers.pass(3000);

    expect(said).toEqual(['s3 old', 's3 lost down', 's3 back ', 's3 restarted ', 's3 new']);
  });

  test('that ended since one looked are had of a site that was not there then', async () => {
    peers.wires.isCut = (one, other) => one === 3 || other === 3;
    await peers.pass(3000);
    end(3, 'before');
    await peers.pass(1000);
    const { said } = tail();
    end(3, 'since');
    await peers.pass(1000);
    peers.wires.isCut = () => false;
    await peers.pass(12_000);

    expect(said).toEqual(['s3 lost down', 's3 back ', 's3 since']);
  });

  test('name a site of an older release', async () => {
    await at(3).peer.links.close();
    sites[2] = await begin(3, { version: 1, epoch: 2 });
    await peers.pass(12_000);
    const { said } = tail();
    end(2, 'here');
    await peers.pass(3000);

    expect(said).toEqual(['s3 lost not-understood', 's2 here']);
  });

  test('name a site that says what is no page', async () => {
    await at(3).peer.links.close();
    sites[2] = await begin(3, {
      epoch: 2,
      ears: { onAsked: (...all) => all[3](Buffer.from('?')) },
    });
    await peers.pass(12_000);
    const { said } = tail({ isFollowed: false });
    await peers.pass(1000);

    expect(said).toEqual(['s3 lost unreadable', 'end']);
  });

  test('are told to four at once, and leave nothing behind', async () => {
    const all = [tail(), tail(), tail(), tail()];
    await peers.pass(1000);
    expect(() => tail()).toThrow('it is not told');
    all[0]?.stop();
    const next = tail({ isFollowed: false });
    await peers.pass(1000);
    expect(next.said).toEqual(['end']);
    for (const one of [tail(), ...all.slice(1)]) one.stop();
    for (const { peer } of sites) await peer.links.close();
    await peers.pass(10_000);

    expect(peers.time.pending).toBe(0);
  });
});

describe('a site that is asked for its records', () => {
  test('says nothing to what is no question', () => {
    expect(at(1).sites.answer(Buffer.from('{')).length).toBe(0);
  });
});
