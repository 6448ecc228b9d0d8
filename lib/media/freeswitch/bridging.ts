import { whyOf } from '../../base/why-of.ts';
import type {
  Anchored,
  MediaAnswer,
  MediaFailure,
  MediaOffer,
  Side,
} from '../../ports/media-anchor.ts';
import { otherSide } from '../sides.ts';
import { tell } from '../told-leg.ts';
import { directionOf, heardOf, isNowhere, isSameWay, shownTo, whyUnusable } from './audio-sdp.ts';
import { type Attempt, type BridgedCall, endChannel, type Party } from './bridged-call.ts';
import type { Channel, MediaLink } from './media-link.ts';
import type { Network } from './options.ts';

export type Failed = {
  readonly kind: 'failed';
  readonly why: MediaFailure;
  readonly reason: string;
};

export function failed(why: MediaFailure, reason: string): Failed {
  return { kind: 'failed', why, reason };
}

export type Bridging = {
  /** Who is to speak with a call: its home, or somebody who is up. */
  readonly homeFor: (call: BridgedCall) => MediaLink | undefined;
  /** A channel was ended by FreeSWITCH. */
  readonly onGone: (call: BridgedCall, channel: Channel) => void;
};

/**
 * An offer crosses as an offer of our own: the channel of the other leg says where it listens. What
 * was offered is heard when it is agreed, so that an offer that is refused changes nothing.
 */
export async function offerOf(
  bridging: Bridging,
  call: BridgedCall,
  attempt: Attempt,
  offer: MediaOffer,
): Promise<Anchored> {
  const unusable = whyUnusable(offer.sdp);
  if (unusable !== undefined) return failed('unusable', unusable);
  const from = offer.from === 'a' ? call.a : attempt.b;
  const to = offer.from === 'a' ? attempt.b : call.a;
  const refused = await occupy(
    bridging,
    call,
    to,
    undefined,
    networkOf(offer, otherSide(offer.from)),
  );
  if (refused !== undefined) return refused;
  attempt.offers[offer.from] = offer;
  from.said = offer.sdp;
  return show(to, offer.sdp);
}

/** Both channels hear where their legs are, and each other. */
export async function answerOf(
  bridging: Bridging,
  call: BridgedCall,
  answer: MediaAnswer,
): Promise<Anchored> {
  const attempt = call.attempts.get(answer.attempt);
  const offer = attempt?.offers[otherSide(answer.from)];
  if (attempt === undefined || offer === undefined) return failed('lost', 'nothing was offered');
  const unusable = whyUnusable(answer.sdp);
  if (unusable !== undefined) return failed('unusable', unusable);
  const answerer = answer.from === 'a' ? call.a : attempt.b;
  const offerer = answer.from === 'a' ? attempt.b : call.a;
  if (answerer.channel === undefined) return failed('lost', 'what was offered is gone');
  answerer.said = answer.sdp;
  const settled = await Promise.all([
    hear(answerer, answer.sdp),
    occupy(bridging, call, offerer, offer.sdp, networkOf(offer, offer.from)).then(
      (refused) => refused ?? hear(offerer, offer.sdp),
    ),
  ]);
  const wrong = settled.find((one) => one !== undefined);
  if (wrong !== undefined) return wrong;
  const joined = await join(call, attempt);
  return joined ?? show(offerer, answer.sdp);
}

/** Gives a leg its channel, unless it has one. */
async function occupy(
  bridging: Bridging,
  call: BridgedCall,
  party: Party,
  sdp: string | undefined,
  network: Network,
): Promise<Failed | undefined> {
  if (party.channel !== undefined) return undefined;
  const home = bridging.homeFor(call);
  if (home === undefined) return failed('unreachable', 'no FreeSWITCH is up');
  call.home = home;
  call.isLost = false;
  const heard = sdp === undefined ? undefined : heardOf(sdp);
  try {
    const channel = await home.channel(network, heard);
    channel.leg.once('destroy', () => bridging.onGone(call, channel));
    if (call.isOver || call.home !== home || party.channel !== undefined) {
      void channel.leg.destroy();
      return failed('lost', 'the call has gone on');
    }
    party.channel = channel;
    party.heard = sdp;
    // Whoever is taken out of a bridge waits for the next one.
    await channel.endpoint.set({ park_after_bridge: 'true', hangup_after_bridge: 'false' });
    return undefined;
  } catch (error) {
    return failed('unreachable', whyOf(error));
  }
}

/** Tells a channel where its leg is, if that is another place than before. */
async function hear(party: Party, sdp: string): Promise<Failed | undefined> {
  const { channel, heard } = party;
  if (channel === undefined) return failed('lost', 'its channel is gone');
  if (isNowhere(sdp) || (heard !== undefined && isSameWay(heard, sdp))) return undefined;
  try {
    await channel.endpoint.modify(heardOf(sdp));
    party.heard = sdp;
    return undefined;
  } catch (error) {
    return failed('refused', whyOf(error));
  }
}

async function join(call: BridgedCall, { b }: Attempt): Promise<Failed | undefined> {
  const one = call.a.channel;
  const other = b.channel;
  if (one === undefined || other === undefined) return failed('lost', 'a channel is gone');
  if (call.bridged === other) return undefined;
  try {
    await one.endpoint.bridge(other.endpoint);
    call.bridged = other;
    return undefined;
  } catch (error) {
    return failed('refused', whyOf(error));
  }
}

function show({ told, channel, said }: Party, other: string): Anchored {
  const own = channel?.endpoint.local.sdp;
  if (own === undefined || own === null) return failed('refused', 'it names no media of its own');
  return {
    kind: 'anchored',
    ...tell(told, shownTo(own, said, directionOf(other))),
  };
}

export function abandonOf(call: BridgedCall, number: number): void {
  const attempt = call.attempts.get(number);
  if (attempt === undefined) return;
  if (call.bridged === attempt.b.channel) call.bridged = undefined;
  endChannel(attempt.b);
  call.attempts.delete(number);
}

const networkOf = ({ faces }: MediaOffer, side: Side) => faces[side].network;
