import type { Alarm } from '../base/time.ts';
import type { Effect } from '../call/effects.ts';
import { attemptOf } from '../call/forks.ts';
import type { CallState } from '../call/state.ts';
import type {
  Anchored,
  LegMedia,
  MediaAnchor,
  MediaAnswer,
  MediaOffer,
  Side,
} from '../ports/media-anchor.ts';
import type { RequestId } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import { sdpIn, sdpPartOf, withSdp } from '../sip/sdp-part.ts';

/** What is known of the media of one call that crosses this node. */
export type CallMedia = {
  readonly anchor: MediaAnchor;
  readonly faces: MediaOffer['faces'];
  /** Absent: it is not recorded. */
  readonly isRecorded?: true | undefined;
  /** It goes on without, since its first offer could not be anchored. */
  isUnanchored: boolean;
  /** What the caller said last that crossed. */
  saidByA: MediaAnswer['sdp'] | undefined;
  /** The re-INVITE of our own that anchors it anew. */
  anew: RequestId | undefined;
  /** When such a one will be sent. */
  alarm: Alarm | undefined;
  /** How many of them in a row were refused. */
  refusals: number;
  /** What was counted until it was given back. */
  legs: Readonly<Record<Side, LegMedia>> | undefined;
};

/**
 * Callers are outside, gateways inside; where a gateway calls it is the other way round. Toward leg
 * a nothing is offered that its own offer did not name; neither a gateway on the operator's network
 * nor a carrier needs candidates.
 */
export function facesFor(
  srtp: 'as-offered' | 'none' = 'as-offered',
  legB: 'inside' | 'outside' = 'inside',
): MediaOffer['faces'] {
  const legA = legB === 'inside' ? 'outside' : 'inside';
  return {
    a: { network: legA, protection: 'as-offered', ice: 'as-offered' },
    b: { network: legB, protection: srtp, ice: 'none' },
  };
}

/** What became of SDP on its way to the other leg. */
export type Crossed =
  | { readonly kind: 'crossed'; readonly effect: Effect }
  | { readonly kind: 'failed'; readonly reason: string };

type Message = { readonly headers: readonly Header[]; readonly body: MediaAnswer['sdp'] };
type Crossing = {
  readonly verb: 'offer' | 'answer';
  readonly attempt: number;
  readonly from: Side;
};

/**
 * Has the SDP of an order anchored before it leaves. Undefined: the order has none and can be
 * carried out at once. The state is what it is after the order was given. What answers a re-INVITE
 * of our own goes to the caller as an offer, which is what the anchor has to hear as well: then the
 * answer of the caller means something to it. [3725-4.1]
 */
export function crossMedia(
  media: CallMedia,
  state: CallState,
  effect: Effect,
): Promise<Crossed> | undefined {
  const { anchor, faces, isRecorded } = media;
  const crossing = crossingOf(state, effect);
  const message = messageOf(state, effect);
  if (crossing === undefined || message === undefined) return undefined;
  const part = sdpPartOf(message.headers, message.body);
  if (part === undefined) return undefined;
  const { verb, ...who } = crossing;
  const said = { call: state.facts.callId, ...who, sdp: sdpIn(message.body, part) };
  if (crossing.from === 'a') media.saidByA = said.sdp;
  const isOurs = effect.do === 'reply' && effect.request === media.anew;
  const done =
    verb === 'offer'
      ? anchor.offer({ ...said, faces, isRecorded })
      : anchor.answer(said).then((answered) => {
          if (answered.kind === 'failed' || !isOurs) return answered;
          return anchor.offer({ ...said, faces, isRecorded });
        });
  return done.then((anchored) =>
    crossed(effect, anchored, (sdp) => withSdp(message.body, part, sdp)),
  );
}

function crossed(
  effect: Effect,
  anchored: Anchored,
  bodyWith: (sdp: MediaAnswer['sdp']) => MediaAnswer['sdp'],
): Crossed {
  if (anchored.kind === 'failed') {
    return { kind: 'failed', reason: `${anchored.why}: ${anchored.reason}` };
  }
  return { kind: 'crossed', effect: { ...effect, body: bodyWith(anchored.sdp) } as Effect };
}

function messageOf({ facts }: CallState, effect: Effect): Message | undefined {
  if (effect.do === 'invite-b') return effect.isOffered === true ? undefined : facts.asked;
  return 'body' in effect && effect.body !== '' ? effect : undefined;
}

/** Whose SDP an order carries, and whether it is an offer. [3264-5] */
function crossingOf(state: CallState, effect: Effect): Crossing | undefined {
  switch (effect.do) {
    case 'invite-b':
      return { verb: 'offer', attempt: effect.attempt, from: 'a' };
    case 'ring-a':
    case 'answer-a': {
      const verb = state.facts.asked.body === '' ? 'offer' : 'answer';
      const attempt = attemptOf(state.facts, effect.fork);
      // What we have said to the caller ourselves leads to it already.
      return attempt === 0 ? undefined : { verb, attempt, from: 'b' };
    }
    case 'ack-b':
    case 'accept-b':
      return { verb: 'answer', attempt: effect.attempt, from: 'a' };
    case 'ask': {
      const isOffer = effect.method === 'INVITE' || effect.method === 'UPDATE';
      if (isOffer) return within(state, effect, 'offer');
      return effect.method === 'PRACK' ? within(state, effect, 'answer') : undefined;
    }
    case 'reply': {
      const isOurs = state.tag === 'renegotiating' && state.asked.request === effect.request;
      const isLateOffer = isOurs && state.asked.body === '';
      return within(state, effect, isLateOffer ? 'offer' : 'answer');
    }
    case 'confirm':
      return within(state, effect, 'answer');
    default:
      return undefined;
  }
}

/** It comes from the side that it does not go to. */
function within(
  state: CallState,
  effect: Extract<Effect, { do: 'ask' | 'reply' | 'confirm' }>,
  verb: Crossing['verb'],
): Crossing | undefined {
  const attempt = attemptOfDialog(state, effect);
  return attempt > 0 ? { verb, attempt, from: effect.dialog.side === 'b' ? 'a' : 'b' } : undefined;
}

function attemptOfDialog(
  state: CallState,
  { dialog }: Extract<Effect, { do: 'ask' | 'reply' | 'confirm' }>,
): number {
  return dialog.side === 'b' ? dialog.attempt : attemptOf(state.facts, dialog.fork);
}

/** The caller answers an offer of ours. Undefined: without SDP, or its call is over. */
export function hearCaller(
  media: CallMedia,
  state: CallState,
  { headers, body }: Message,
): Promise<Anchored> | undefined {
  const part = sdpPartOf(headers, body);
  if (part === undefined || !('bridge' in state)) return undefined;
  const { facts, bridge } = state;
  const sdp = sdpIn(body, part);
  media.saidByA = sdp;
  return media.anchor.answer({ call: facts.callId, attempt: bridge.attempt, from: 'a', sdp });
}

/** A refused re-INVITE or UPDATE leaves the session as it was. [3261-14.1] */
export function restoreMedia(
  { anchor }: CallMedia,
  state: CallState,
  effect: Effect,
): Promise<void> | undefined {
  if (effect.do !== 'reply' || effect.status < 300) return undefined;
  const attempt = attemptOfDialog(state, effect);
  return attempt > 0 ? anchor.restore(state.facts.callId, attempt) : undefined;
}
