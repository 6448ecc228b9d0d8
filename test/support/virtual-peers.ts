import { openPeerLinks } from '../../lib/cluster/links/open-peer-links.ts';
import { LINK_SETTINGS, type LinkSettings } from '../../lib/cluster/links/settings.ts';
import type { EventSink, Notice } from '../../lib/ports/event-sink.ts';
import type { PeerEars, PeerLinks, Subject } from '../../lib/ports/peer-links.ts';
import { VirtualWires } from './virtual-wires.ts';
import { VirtualWorld } from './virtual-world.ts';

export type Heard = { readonly from: number; readonly subject: Subject; readonly text: string };

export type VirtualPeer = {
  readonly site: number;
  readonly links: PeerLinks;
  /** `up 2`, `down 2`. */
  readonly turns: string[];
  readonly heard: Heard[];
  readonly notices: Notice[];
  readonly counts: Map<string, number>;
};

export const addressOf = (site: number) => ({ address: `10.9.0.${site}`, port: 7112 });

export type Joining = {
  readonly site: number;
  readonly peers: readonly number[];
  readonly epoch?: number;
  readonly version?: number;
  readonly settings?: Partial<LinkSettings>;
  readonly ears?: Partial<PeerEars>;
};

/** Sites with nothing but links, on virtual time. What is asked of one is said again by it. */
export class VirtualPeers {
  readonly time: VirtualWorld;
  readonly wires: VirtualWires;

  constructor(seed = 1) {
    this.time = new VirtualWorld(seed);
    this.wires = new VirtualWires(this.time);
  }

  async join({ site, peers, epoch = 1, version, settings, ears }: Joining): Promise<VirtualPeer> {
    const turns: string[] = [];
    const heard: Heard[] = [];
    const notices: Notice[] = [];
    const counts = new Map<string, number>();
    const links = openPeerLinks({
      world: this.time.world,
      wires: this.wires.of(site),
      sink: countingSink(notices, counts),
      own: { site, epoch, link: addressOf(site), ...(version === undefined ? {} : { version }) },
      peers: peers.map((one) => ({ site: one, name: `s${one}`, link: addressOf(one) })),
      settings: { ...LINK_SETTINGS, ...settings },
      ears: {
        onUp: (up) => void turns.push(`up ${up}`),
        onDown: (down) => void turns.push(`down ${down}`),
        onTold: (from, subject, body) => void heard.push({ from, subject, text: body.toString() }),
        onAsked: (_from, _subject, body, reply) => reply(Buffer.from(`${body.toString()}?`)),
        ...ears,
      },
    });
    await links.open();
    return { site, links, turns, heard, notices, counts };
  }

  /** Lets time pass, and the promises in it. */
  async pass(ms: number, stepMs = 50): Promise<void> {
    const until = this.time.nowMs + ms;
    do {
      this.time.runUntil(Math.min(this.time.nowMs + stepMs, until));
      await new Promise<void>((done) => setImmediate(done));
    } while (this.time.nowMs < until);
  }
}

export function countingSink(notices: Notice[], counts: Map<string, number>): EventSink {
  return {
    step: () => undefined,
    record: () => undefined,
    note: (notice) => void notices.push(notice),
    count: (counter, label) => {
      const key = `${counter}/${label}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
  };
}
