import type { Octets } from '../../base/brands.ts';
import type { World } from '../../base/time.ts';
import type { CallId, MediaAnswer, MediaOffer, Side } from '../../ports/media-anchor.ts';
import { newToldLeg, type ToldLeg } from '../told-leg.ts';
import type { Turns } from '../turns.ts';
import type { Instance } from './instance.ts';

/** One call whose media crosses an rtpengine. */
export type AnchoredCall = Turns & {
  readonly id: CallId;
  /** Who anchors it. Absent: nobody does yet, or any more. */
  home: Home | undefined;
  /** It had a home, and nobody has been told yet that it has none. */
  isLost: boolean;
  /** How many names it has had at rtpengines. */
  names: number;
  readonly a: ToldLeg;
  readonly attempts: Map<number, AnchoredAttempt>;
  attemptsEver: number;
};

/** One stay of a call at one rtpengine, and what it is called there. */
export type Home = { readonly instance: Instance; readonly anchorId: string };

/** One leg b, and what it and leg a have said to each other. */
export type AnchoredAttempt = {
  readonly number: number;
  readonly b: ToldLeg;
  /** An offer that is not answered yet, and who heard it. */
  open: { readonly offer: MediaOffer; readonly home: Home } | undefined;
  /** The last offer that was answered, its answer, and who heard them. */
  agreed:
    | { readonly offer: MediaOffer; readonly answer: MediaAnswer; readonly home: Home }
    | undefined;
  /** Nothing from it is to be heard any more. */
  isOver: boolean;
};

export function newAnchoredCall(id: CallId, world: World): AnchoredCall {
  return {
    id,
    home: undefined,
    isLost: false,
    names: 0,
    a: newToldLeg(world),
    attempts: new Map(),
    attemptsEver: 0,
    last: Promise.resolve(),
    underWay: 0,
  };
}

export function attemptOf(call: AnchoredCall, number: number, world: World): AnchoredAttempt {
  const known = call.attempts.get(number);
  if (known !== undefined) return known;
  const attempt: AnchoredAttempt = {
    number,
    b: newToldLeg(world),
    open: undefined,
    agreed: undefined,
    isOver: false,
  };
  call.attempts.set(number, attempt);
  call.attemptsEver += 1;
  return attempt;
}

/**
 * A stay that may begin. Each has another name, so that a late word to one that is over never
 * meets a call that has come back.
 */
export function newHome(call: AnchoredCall, instance: Instance): Home {
  call.names += 1;
  return { instance, anchorId: call.names === 1 ? call.id : `${call.id}~${call.names}` };
}

/** What a leg said last that was agreed. */
export function agreedOf({ agreed }: AnchoredAttempt, side: Side): Octets | undefined {
  if (agreed === undefined) return undefined;
  return agreed.offer.from === side ? agreed.offer.sdp : agreed.answer.sdp;
}
