import { never } from '../../base/never.ts';
import type { MediaAnswer, MediaFace, MediaOffer, Side } from '../../ports/media-anchor.ts';
import { hasAttribute, rtpProfileOf } from '../sdp-lines.ts';
import { otherSide } from '../sides.ts';
import { type AnchoredAttempt, agreedOf, type Home } from './anchored-call.ts';
import { deleteRequest, type NgRequest } from './ng-message.ts';
import type { RtpengineOptions } from './options.ts';

type Interfaces = RtpengineOptions['interfaces'];

/**
 * Leg a is one party of a call there, and each attempt has a party of its own, told apart by the
 * branch until it has answered. `port latching` keeps the port toward leg a when another gateway
 * answers: without it rtpengine opens another one for each address that it hears of.
 */
const REWRITE = {
  replace: ['origin', 'session-connection'],
  flags: ['port latching'],
};

/** Ciphers that protect nothing, or that nobody has looked at for years, are never offered. */
const WEAK = [
  'NULL_HMAC_SHA1_80',
  'NULL_HMAC_SHA1_32',
  'F8_128_HMAC_SHA1_80',
  'F8_128_HMAC_SHA1_32',
];
const NO_WEAK = WEAK.map((suite) => `no-${suite}`);

export function offerRequest(
  home: Home,
  attempt: AnchoredAttempt,
  offer: MediaOffer,
  interfaces: Interfaces,
): NgRequest {
  const to = otherSide(offer.from);
  const nameOf = (side: Side) => interfaces[offer.faces[side].network];
  return {
    command: 'offer',
    'call-id': home.anchorId,
    'from-tag': partyOf(offer.from, attempt),
    'to-tag': attempt.agreed?.home === home ? partyOf(to, attempt) : undefined,
    'via-branch': to === 'b' ? partyOf('b', attempt) : undefined,
    sdp: offer.sdp,
    direction: [nameOf(offer.from), nameOf(to)],
    ...REWRITE,
    ...(offer.isRecorded === true ? { 'record call': 'on', metadata: home.anchorId } : {}),
    ...facing(offer, agreedOf(attempt, to)),
  };
}

export function answerRequest(
  home: Home,
  attempt: AnchoredAttempt,
  answer: MediaAnswer,
): NgRequest {
  return {
    command: 'answer',
    'call-id': home.anchorId,
    'from-tag': partyOf(otherSide(answer.from), attempt),
    'to-tag': partyOf(answer.from, attempt),
    'via-branch': answer.from === 'b' ? partyOf('b', attempt) : undefined,
    sdp: answer.sdp,
    ...REWRITE,
  };
}

/** One leg b goes, and what it has agreed on with leg a. */
export function abandonRequest(home: Home, attempt: AnchoredAttempt): NgRequest {
  const party = partyOf('b', attempt);
  const didOffer = attempt.open?.offer.from === 'b';
  return {
    ...deleteRequest(home.anchorId),
    'from-tag': didOffer ? party : 'a',
    'to-tag': !didOffer && attempt.agreed?.home === home ? party : undefined,
    'via-branch': didOffer ? undefined : party,
  };
}

export function partyOf(side: Side, { number }: AnchoredAttempt): string {
  return side === 'a' ? 'a' : `b${number}`;
}

/** A leg that has spoken is spoken to as it does; toward one that has not its face decides. */
function facing({ sdp: offered, from, faces }: MediaOffer, theirs: string | undefined) {
  if (theirs === undefined)
    return { ...protection(faces[otherSide(from)], offered), ...ice(faces[otherSide(from)]) };
  return {
    'transport protocol': rtpProfileOf(theirs),
    ...keying(theirs),
    ICE: hasAttribute(theirs, 'ice-ufrag') ? 'force' : 'remove',
  };
}

function protection({ protection: wanted }: MediaFace, offered: string) {
  switch (wanted) {
    case 'as-offered':
      return keying(offered);
    case 'none':
      return { 'transport protocol': 'RTP/AVP', 'rtcp-mux': ['demux'] };
    case 'sdes':
      return {
        'transport protocol': 'RTP/SAVP',
        DTLS: 'off',
        SDES: NO_WEAK,
        'rtcp-mux': ['demux'],
      };
    case 'dtls':
      return { 'transport protocol': 'UDP/TLS/RTP/SAVP', SDES: ['off'] };
    default:
      return never(wanted);
  }
}

/** Keys are offered in the way that they are offered to us, and in no other. */
function keying(sdp: string) {
  const bySdes = hasAttribute(sdp, 'crypto');
  const byDtls = hasAttribute(sdp, 'fingerprint');
  return {
    DTLS: bySdes && !byDtls ? 'off' : undefined,
    SDES: byDtls && !bySdes ? ['off'] : NO_WEAK,
  };
}

function ice({ ice: wanted }: MediaFace) {
  switch (wanted) {
    case 'as-offered':
      return {};
    case 'none':
      return { ICE: 'remove' };
    case 'always':
      return { ICE: 'force' };
    default:
      return never(wanted);
  }
}
