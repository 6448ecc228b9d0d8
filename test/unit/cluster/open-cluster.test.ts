import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Cluster, openCluster } from '../../../lib/cluster/open-cluster.ts';
import { answerFor } from '../../../lib/cluster/relay/stray-way.ts';
import type { Owned } from '../../../lib/ports/ownership.ts';
import { sipCallId, type Tag } from '../../../lib/sip/ids.ts';
import { type ClusterKey, type KeyId, tokenMint } from '../../../lib/sip/owner-token.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { addressOf, countingSink } from '../../support/virtual-peers.ts';
import { VirtualWires } from '../../support/virtual-wires.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { cancelOf, from, invite } from './arrivals.ts';

const KEYS: readonly ClusterKey[] = [{ id: 'k1' as KeyId, secret: new Uint8Array(32).fill(7) }];
const SITES = [1, 2, 3];
const OK = Buffer.from('SIP/2.0 200 OK\r\n\r\n');

type Served = { readonly site: number; readonly text: string };

let time: VirtualWorld;
let wires: VirtualWires;
let served: Served[];
let sent: string[];
let clusters: Cluster<string>[];
beforeEach(async () => {
  time = new VirtualWorld(1);
  wires = new VirtualWires(time);
  wires.delayMs = () => 40;
  [served, sent, clusters] = [[], [], SITES.map(begin)];
  for (const cluster of clusters) await cluster.open();
  await pass(3000);
});

/** A site whose node has every dialog that bears a token of it, and answers 200. */
function begin(site: number): Cluster<string> {
  const peers = SITES.filter((one) => one !== site).map((one) => {
    return { site: one, name: `s${one}`, link: addressOf(one) };
  });
  const cluster: Cluster<string> = openCluster<string>({
    world: time.world,
    sink: countingSink([], new Map()),
    wires: wires.of(site),
    own: { site, epoch: 1, link: addressOf(site) },
    peers,
    keysNow: () => KEYS,
    recordsFor: (asked) => Buffer.from(`${asked.toString()} of ${site}`),
    ears: {
      onYield: () => undefined,
      onBuried: () => undefined,
      onReturn: (way, raw) => void sent.push(`${site} ${way} ${raw.toString().slice(0, 11)}`),
      onThrough: () => false,
      onRelayed(stray, by, answer) {
        void ownerOf(cluster, stray.raw).then((owned) => {
          const isHere = owned.kind === 'owner' && owned.owner.site === site;
          answer(isHere ? { kind: 'carried' } : answerFor(owned, site));
          if (!isHere) return;
          served.push({ site, text: stray.raw.toString('latin1') });
          cluster.relay.giveBack(by, stray.number, OK, true);
        });
      },
    },
  });
  return cluster;
}

async function ownerOf({ ownership }: Cluster<string>, raw: Buffer): Promise<Owned> {
  const message = parse(raw);
  if (message.kind === 'fault') return { kind: 'nobody' };
  return await ownership.ownerOf({ message, source: '203.0.113.7', isVerified: false });
}

async function pass(ms: number): Promise<void> {
  const until = time.nowMs + ms;
  while (time.nowMs < until) {
    time.runUntil(time.nowMs + 5);
    await new Promise<void>((done) => setImmediate(done));
  }
}

const at = (site: number) => {
  const found = clusters[site - 1];
  if (found === undefined) throw new Error(`there is no site ${site}`);
  return found;
};

const tokenOf = (site: number, callId = 'one'): Tag =>
  tokenMint({ keys: KEYS, site, epoch: 1, rng: time.world.rng })(true, sipCallId(callId)).tag;

function bye(tag: Tag): Buffer {
  const lines = ['BYE sip:112@192.0.2.112 SIP/2.0', 'Via: SIP/2.0/UDP h;branch=z9hG4bK2'];
  lines.push('From: <sip:a@b>;tag=1', `To: <sip:112@c>;tag=${tag}`, 'Call-ID: one');
  lines.push('CSeq: 2 BYE', 'Content-Length: 0', '', '');
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** What a node does with a request that it knows nothing of. */
async function receive(site: number, raw: Buffer) {
  const cluster = at(site);
  const owned = await ownerOf(cluster, raw);
  if (owned.kind !== 'owner') return owned.kind;
  const carrying = cluster.relay.carry(
    {
      source: { address: '203.0.113.7', port: 5060 },
      transport: 'udp',
      listener: { role: 'anycast', address: '192.0.2.112', port: 5060 },
      raw,
      way: `way of ${site}`,
      emergency: true,
      limits: { source: '203.0.113.7', isVerified: false, callId: sipCallId('one') },
    },
    owned.owner.site,
  );
  await pass(2000);
  return await carrying;
}

describe('a cluster', () => {
  test('brings a BYE from whichever site to the owner of its dialog, and the answer back', async () => {
    for (const site of [2, 3]) {
      const raw = bye(tokenOf(1));
      expect(await receive(site, raw)).toBe('carried');
      expect(served.at(-1)).toEqual({ site: 1, text: raw.toString('latin1') });
      expect(sent.at(-1)).toBe(`${site} way of ${site} SIP/2.0 200`);
    }
    expect([served.length, sent.length]).toEqual([2, 2]);
  });

  test('sends nothing anywhere for a forged token', async () => {
    expect(await receive(2, bye(tokenOf(1, 'another call')))).toBe('forged');
    expect(served).toEqual([]);
  });

  test('finds the call of a CANCEL at another site by its claim', async () => {
    const claimed = at(1).ownership.claim(from(invite()));
    await pass(200);
    expect((await claimed).kind).toBe('new');
    const owned = at(3).ownership.ownerOf(from(cancelOf(invite())));
    await pass(200);
    expect(await owned).toMatchObject({ kind: 'owner', owner: { site: 1 } });
  });

  test('answers a site that asks for records', async () => {
    const body = Buffer.from('those');
    const asked = at(1).links.carry({ to: 3, subject: 'records', rank: 'bulk', body }, 500);
    await pass(200);
    expect(await asked).toMatchObject({ kind: 'answered', body: Buffer.from('those of 3') });
  });

  test('leaves nothing behind when it is closed', async () => {
    await receive(2, bye(tokenOf(1)));
    await Promise.all(clusters.map((cluster) => cluster.close()));
    await pass(1000);
    expect(time.pending).toBe(0);
  });
});
