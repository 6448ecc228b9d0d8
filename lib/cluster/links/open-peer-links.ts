import { fewAMinute } from '../../base/few-a-minute.ts';
import type { World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { PeerEars, PeerLinks } from '../../ports/peer-links.ts';
import { type Address, writeAddress } from '../../sip/address.ts';
import { Peer, type PeerOptions } from './peer.ts';
import { LINK_SETTINGS, type LinkSettings } from './settings.ts';
import type { LinkWires } from './wires.ts';

export type PeerLinksParts = {
  readonly world: World;
  readonly wires: LinkWires;
  readonly sink: EventSink;
  readonly ears: PeerEars;
  readonly own: {
    readonly site: number;
    readonly epoch: number;
    readonly link: Address;
    /** Absent: the newest. */
    readonly version?: number;
  };
  readonly peers: readonly PeerOptions[];
  readonly settings?: LinkSettings;
};

/** Strangers that are told of in one minute; the others are counted. */
const TOLD_PER_MINUTE_MAX = 10;

/** Links to all peers, each over one secured connection, whoever of the two dialled it. */
export function openPeerLinks(parts: PeerLinksParts): PeerLinks {
  const { world, wires, sink, own } = parts;
  const settings = parts.settings ?? LINK_SETTINGS;
  const inner = { world, settings, wires, sink, ears: parts.ears, own };
  const peers = new Map(parts.peers.map((peer) => [peer.site, new Peer(inner, peer)]));
  const mayTell = fewAMinute(TOLD_PER_MINUTE_MAX, world);

  const refuse = (why: string, far: Address, claimed: string | undefined) => {
    sink.count('peer_frames', 'refused');
    if (!mayTell()) return;
    const at = writeAddress(far);
    sink.note({ event: 'peer-stranger', level: 'warn', at, claims: claimed, why });
  };

  return {
    async open() {
      const opened = await wires.listen(own.link, {
        onArrived(socket, site, far) {
          const peer = peers.get(site);
          if (peer === undefined) refuse('unknown-site', far, `site ${site}`);
          return peer?.arrived(socket);
        },
        onRefused: refuse,
      });
      if (opened.kind === 'listening') for (const peer of peers.values()) peer.start();
      return opened;
    },
    async carry(dispatch, withinMs) {
      const peer = peers.get(dispatch.to);
      return peer?.carry(dispatch, withinMs) ?? { kind: 'unknown', why: 'down' };
    },
    tell: (dispatch) => peers.get(dispatch.to)?.tell(dispatch) ?? false,
    peer: (site) => peers.get(site)?.view,
    peers: () => [...peers.values()].map(({ view }) => view),
    async close() {
      for (const peer of peers.values()) peer.close();
      await wires.close();
    },
  };
}
