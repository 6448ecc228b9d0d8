import type { Octets } from '../base/brands.ts';
import type { CallId } from '../call/ids.ts';
import type { MediaCount } from '../call/record.ts';
import type { Side } from '../call/state.ts';

export type { CallId } from '../call/ids.ts';
export type { Side } from '../call/state.ts';

/** How media is to look toward a leg that has not said anything of it yet. */
export type MediaFace = {
  /** Which of the node's networks the leg is on. */
  readonly network: 'outside' | 'inside';
  /** How RTP is protected toward it; `as-offered`: as the other leg offers it. */
  readonly protection: 'as-offered' | 'none' | 'sdes' | 'dtls';
  /** Whether candidates are offered to it; `as-offered`: if the other leg offers some. */
  readonly ice: 'as-offered' | 'none' | 'always';
};

/** SDP that one leg has sent, and that is to cross to the other. */
export type MediaAnswer = {
  readonly call: CallId;
  /** The try at a gateway that it belongs to: each has a leg b of its own, and all one leg a. */
  readonly attempt: number;
  /** Who sent it. */
  readonly from: Side;
  readonly sdp: Octets;
};

export type MediaOffer = MediaAnswer & {
  readonly faces: Readonly<Record<Side, MediaFace>>;
  /** What is said is kept where whoever anchors keeps recordings. Absent: it is not. */
  readonly isRecorded?: true | undefined;
};

export type Anchored =
  | {
      readonly kind: 'anchored';
      /** What the other leg is to get in its place. */
      readonly sdp: Octets;
      /**
       * Whether what that leg got before leads to the same place by the same means: it can go on
       * with that, as a caller does whom one gateway sent early media and another one answers.
       */
      readonly stands: boolean;
    }
  | { readonly kind: 'failed'; readonly why: MediaFailure; readonly reason: string };

/** Why media could not be anchored; the call may go on without. */
export type MediaFailure =
  /** Nobody could be reached, or nobody said anything in time. */
  | 'unreachable'
  | 'silent'
  /** It was understood and refused, as `reason` has it. */
  | 'refused'
  /** This SDP cannot be handed on at all. */
  | 'unusable'
  /** As much as may be is under way already. */
  | 'full'
  /** What had been agreed is gone with whoever anchored it; an offer begins anew elsewhere. */
  | 'lost'
  | 'closed';

/** What came from one leg; absent fields: whoever anchors does not say. */
export type LegMedia = MediaCount;

export type Released =
  | { readonly kind: 'released'; readonly legs: Readonly<Record<Side, LegMedia>> | undefined }
  | { readonly kind: 'failed'; readonly why: MediaFailure; readonly reason: string };

export interface MediaEars {
  /**
   * The anchor of a call is gone, and its media with it. An offer of either leg anchors it anew:
   * both legs have to be told. It is said once, and not of a call that is released.
   */
  onLost(call: CallId): void;
}

/**
 * Where media crosses this node. A call is anchored by its first offer and given back by `release`,
 * whatever has become of it. What is asked of one call is done one after the other, each within
 * two seconds, so that a call is never held up. No promise rejects.
 */
export interface MediaAnchor {
  /** An offer crosses: the first one, or a later one of either leg. [3264-5] [3264-8] */
  offer(offer: MediaOffer): Promise<Anchored>;
  /**
   * The answer to the last offer of the other leg crosses. One more answer to the same offer, of
   * another device, takes the place of the one before; so does that of another attempt. [3264-6]
   */
  answer(answer: MediaAnswer): Promise<Anchored>;
  /** The last offer was refused: what had been agreed before it holds again. [3261-14.1] */
  restore(call: CallId, attempt: number): Promise<void>;
  /** The leg b of one attempt is over: nothing that still comes from there is heard any more. */
  abandon(call: CallId, attempt: number): Promise<void>;
  /** The call is over. */
  release(call: CallId): Promise<Released>;
  /** Whoever still waits gets `closed`; anchors that are still up are left to themselves. */
  close(): void;
}
