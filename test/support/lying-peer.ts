import { encodeFrame, type Frame } from '../../lib/cluster/links/frame.ts';
import { openFrameReader } from '../../lib/cluster/links/frame-reader.ts';
import { tlsWires } from '../../lib/cluster/links/tls/tls-wires.ts';
import type { Address } from '../../lib/sip/address.ts';
import type { ClusterKey } from '../../lib/sip/owner-token.ts';

/** One connection of somebody who holds a cluster key, and says whatever he likes. */
export type LyingPeer = {
  say(bytes: Buffer): void;
  /** What the site has said, but for its beats. */
  readonly heard: Frame[];
  isOver(): boolean;
  end(): void;
};

export type LyingPeerOptions = {
  readonly site: number;
  readonly key: ClusterKey;
  readonly far: Address & { readonly site: number };
};

/** Says hello as the peer that it claims to be; no beat comes after that. */
export function openLyingPeer({ site, key, far }: LyingPeerOptions): Promise<LyingPeer> {
  const wires = tlsWires({ site, keysNow: () => [key] });
  const reader = openFrameReader();
  const heard: Frame[] = [];
  let isOver = false;
  return new Promise((resolve, reject) => {
    const socket = wires.dial(far, {
      onOpen() {
        const hello = { kind: 'hello', oldest: 1, from: site, to: far.site, epoch: 1 } as const;
        socket.write(encodeFrame(hello));
        resolve({
          heard,
          say: (bytes) => socket.write(bytes),
          isOver: () => isOver,
          end: () => socket.end(),
        });
      },
      onRefused: (why) => reject(new Error(`the site refuses the link: ${why}`)),
      onBytes(bytes) {
        for (const read of reader.push(bytes))
          if (read.what === 'frame' && read.frame.kind !== 'beat') heard.push(read.frame);
      },
      onClosed() {
        isOver = true;
      },
    });
  });
}
