import type { ClaimStore } from '../../lib/cluster/claims/claim-store.ts';
import { openPeerLinks } from '../../lib/cluster/links/open-peer-links.ts';
import type { PeerOptions } from '../../lib/cluster/links/peer.ts';
import { type OpenOwnership, openOwnership } from '../../lib/cluster/open-ownership.ts';
import type { Notice } from '../../lib/ports/event-sink.ts';
import type { Claimed, ClaimId, Owner } from '../../lib/ports/ownership.ts';
import type { PeerLinks } from '../../lib/ports/peer-links.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import type { ClusterKey } from '../../lib/sip/owner-token.ts';
import { addressOf, countingSink } from './virtual-peers.ts';
import { VirtualWires } from './virtual-wires.ts';
import { VirtualWorld } from './virtual-world.ts';

export type VirtualSite = {
  readonly own: Owner;
  readonly links: PeerLinks;
  readonly ownership: OpenOwnership;
  readonly yielded: { readonly claim: ClaimId; readonly to: Owner }[];
  readonly buried: ClaimId[];
  readonly counts: Map<string, number>;
};

type Timed<T> = { readonly value: T; readonly afterMs: number };

/** Sites with links and claims and no calls, on virtual time. */
export class VirtualCluster {
  readonly time: VirtualWorld;
  readonly wires: VirtualWires;
  readonly sites: VirtualSite[] = [];
  readonly #peers: readonly PeerOptions[];
  readonly #keys: readonly ClusterKey[];
  /** What was asked and told between sites. */
  messages = 0;

  constructor(count: number, seed = 1, keys: readonly ClusterKey[] = []) {
    this.time = new VirtualWorld(seed);
    this.wires = new VirtualWires(this.time);
    this.#keys = keys;
    this.#peers = Array.from({ length: count }, (_, at) => {
      const site = at + 1;
      return { site, name: `s${site}`, link: addressOf(site) };
    });
  }

  /** All sites begin, and have their links. */
  async open(settleMs = 3000): Promise<this> {
    for (const { site } of this.#peers) this.sites.push(await this.begin(site, 1));
    await this.pass(settleMs);
    return this;
  }

  async begin(site: number, epoch: number, store?: ClaimStore): Promise<VirtualSite> {
    const own = { site, epoch };
    const notices: Notice[] = [];
    const counts = new Map<string, number>();
    const sink = countingSink(notices, counts);
    const yielded: VirtualSite['yielded'] = [];
    const buried: ClaimId[] = [];
    const { world } = this.time;
    const links = openPeerLinks({
      world,
      wires: this.wires.of(site),
      sink,
      own: { ...own, link: addressOf(site) },
      peers: this.#peers.filter((peer) => peer.site !== site),
      ears: {
        onUp: (up, theirs) => ownership.peerEars.onUp(up, theirs),
        onDown: () => undefined,
        onTold: (from, subject, body) => {
          this.messages += 1;
          ownership.peerEars.onTold(from, subject, body);
        },
        onAsked: (from, subject, body, reply) => {
          this.messages += 2;
          ownership.peerEars.onAsked(from, subject, body, reply);
        },
      },
    });
    const ownership = openOwnership({
      world,
      links,
      sink,
      own,
      sites: this.#peers.map((peer) => peer.site),
      store,
      keysNow: () => this.#keys,
      ears: {
        onYield: (claim, to) => void yielded.push({ claim, to }),
        onBuried: (claim) => void buried.push(claim),
      },
    });
    await links.open();
    return { own, links, ownership, yielded, buried, counts };
  }

  at(site: number): VirtualSite {
    const found = this.sites[site - 1];
    if (found === undefined) throw new Error(`there is no site ${site}`);
    return found;
  }

  /** Lets time pass, and the promises in it. */
  async pass(ms: number, stepMs = 5): Promise<void> {
    const until = this.time.nowMs + ms;
    do {
      this.time.runUntil(Math.min(this.time.nowMs + stepMs, until));
      await settlePromises();
    } while (this.time.nowMs < until);
  }

  /** Something asked of a site, and how long that took. */
  async timed<T>(asked: Promise<T>, withinMs = 2000): Promise<Timed<T>> {
    const since = this.time.nowMs;
    let done: Timed<T> | undefined;
    void asked.then((value) => {
      done = { value, afterMs: this.time.nowMs - since };
    });
    for (let ms = 0; ms <= withinMs && done === undefined; ms += 1) {
      await settlePromises();
      if (done === undefined) this.time.runUntil(this.time.nowMs + 1);
    }
    if (done === undefined) throw new Error(`not settled within ${withinMs} ms`);
    return done;
  }

  async invite(site: number, message: SipRequest, source = '203.0.113.7'): Promise<Claimed> {
    const arrival = { message, source, isVerified: false };
    return (await this.timed(this.at(site).ownership.claim(arrival))).value;
  }
}

async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
