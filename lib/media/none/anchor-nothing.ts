import type { Anchored, MediaAnchor, MediaAnswer } from '../../ports/media-anchor.ts';

/** Media flows past the node: SDP crosses as it is, to the byte. */
export function anchorNothing(): MediaAnchor {
  return {
    offer: asItIs,
    answer: asItIs,
    restore: async () => undefined,
    abandon: async () => undefined,
    release: async () => ({ kind: 'released', legs: undefined }),
    close: () => undefined,
  };
}

async function asItIs({ sdp }: MediaAnswer): Promise<Anchored> {
  return { kind: 'anchored', sdp, stands: false };
}
