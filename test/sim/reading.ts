import { writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import type { SipRequest, SipResponse } from '../../lib/sip/message.ts';
import { isOutwards } from './outwards.ts';
import type { TransfersSeen } from './reading-transfers.ts';
import type { Seen, Witnessed } from './witness.ts';

/** A provisional response that comes later than this changes nothing. [3261-17.1.1.2] */
const TIMER_B_MS = 32_000;

/** When something happened: its place in the order of cause and consequence, and its moment. */
export type Mark = { readonly index: number; readonly atMs: number };

/** One callee's 2xx and what became of its dialog. */
export type Answered = Mark & {
  readonly tag: string;
  acked: Mark | undefined;
  /** Our BYE, and theirs. */
  byeOut: Mark | undefined;
  byeIn: Mark | undefined;
};

/** Leg b as the gateway side of the wire shows it. */
export type LegSeen = {
  readonly callId: string;
  readonly gateway: string;
  readonly invited: Mark;
  /** The first provisional response, 100 included, and each that rings. */
  heard: Mark | undefined;
  readonly rang: Mark[];
  /** Its reliable responses, each as the tag and the number. */
  readonly rseqs: Set<string>;
  refused: (Mark & { readonly status: number }) | undefined;
  readonly answers: Answered[];
  cancelled: Mark | undefined;
  /** The last final status that arrived. */
  lastStatus: number | undefined;
};

export type CallSeen = {
  readonly callId: string;
  readonly emergency: boolean;
  /** A gateway has called, and leg b is outside. */
  readonly isOutwards: boolean;
  readonly lateOffer: boolean;
  /** Its caller acknowledges provisional responses. */
  readonly isReliable: boolean;
  readonly invited: Mark;
  cancelled: Mark | undefined;
  final: (Mark & { readonly status: number; readonly tag: string }) | undefined;
  /** Final responses that differ from the first one. */
  readonly otherFinals: string[];
  /** Our 101-199 to the caller. */
  readonly rang: Mark[];
  firstResponse: Mark | undefined;
  acked: (Mark & { readonly door: string }) | undefined;
  byeIn: (Mark & { readonly door: string }) | undefined;
  byeOut: Mark | undefined;
  /** Who first told a re-INVITE of ours that there is no such dialog any more. */
  gone: (Mark & { readonly side: Seen['side'] }) | undefined;
  readonly legs: LegSeen[];
  /** To-tags of dialogs in which a PRACK of the caller has borne SDP. */
  readonly settled: Set<string>;
  /** Absent: nobody has asked to have it transferred. */
  later: TransfersSeen | undefined;
};

/** Whether the caller's answer to an offer of the gateway is still to come with its ACK. */
export function answersInAck({ lateOffer, settled, final }: CallSeen): boolean {
  return lateOffer && !settled.has(final?.tag ?? '');
}

/** Puts the messages of a call into order; undefined: its INVITE never reached the site. */
export function readCall({ callId, seen }: Witnessed): CallSeen | undefined {
  let call: CallSeen | undefined;
  seen.forEach((one, index) => {
    const mark = { index, atMs: one.atMs };
    if (call === undefined) call = begun(callId, one, mark);
    else if (isGone(one)) call.gone ??= { ...mark, side: one.side };
    else if (one.side === 'a') readA(call, one, mark);
    else readB(call, one, mark);
  });
  return call;
}

function begun(callId: string, { way, side, message }: Seen, invited: Mark): CallSeen | undefined {
  if (way !== 'in' || side !== 'a' || message.kind !== 'request') return undefined;
  if (message.method !== 'INVITE') return undefined;
  return {
    callId,
    emergency: isEmergency(message, isOutwards(callId)),
    isOutwards: isOutwards(callId),
    lateOffer: message.body === '',
    isReliable: headerValues(message.headers, 'supported').includes('100rel'),
    invited,
    cancelled: undefined,
    final: undefined,
    otherFinals: [],
    rang: [],
    firstResponse: undefined,
    acked: undefined,
    byeIn: undefined,
    byeOut: undefined,
    gone: undefined,
    legs: [],
    settled: new Set(),
    later: undefined,
  };
}

/** A gateway marks its callbacks (RFC 7090); from outside that mark says nothing. */
function isEmergency({ uri, headers }: SipRequest, isOutward: boolean): boolean {
  if (isOutward) return headerValue(headers, 'priority') === 'psap-callback';
  return uri.startsWith('urn:');
}

function readA(call: CallSeen, { way, message, door }: Seen, mark: Mark): void {
  const at = { ...mark, door: writeAddress(door) };
  if (message.kind === 'response') {
    if (way === 'out' && isFirstInvite(message)) responseToCaller(call, message, mark);
    return;
  }
  switch (`${way} ${message.method}`) {
    case 'in CANCEL':
      if (isFirst(message)) call.cancelled ??= mark;
      return;
    case 'in PRACK':
      if (message.body !== '') call.settled.add(message.to.tag ?? '');
      return;
    case 'in ACK':
      if (call.final?.tag === message.to.tag && isFirst(message)) call.acked ??= at;
      return;
    case 'in BYE':
      call.byeIn ??= at;
      return;
    case 'out BYE':
      call.byeOut ??= mark;
      return;
    default:
  }
}

function responseToCaller(call: CallSeen, { status, to }: SipResponse, mark: Mark): void {
  call.firstResponse ??= mark;
  const tag = to.tag ?? '';
  if (status > 100 && status < 200) call.rang.push(mark);
  if (status < 200) return;
  if (call.final === undefined) call.final = { ...mark, status, tag };
  else if (call.final.status !== status || call.final.tag !== tag) {
    call.otherFinals.push(`${status} after ${call.final.status}`);
  }
}

function readB(call: CallSeen, { way, message, far }: Seen, mark: Mark): void {
  const leg = call.legs.find(({ callId }) => callId === message.callId);
  if (message.kind === 'response') {
    if (leg !== undefined && way === 'in' && isFirstInvite(message)) answerOf(leg, message, mark);
    return;
  }
  if (leg === undefined) {
    // Whoever is called later is to take the place of the one that has answered.
    const isHunt = call.final === undefined;
    if (way === 'out' && message.method === 'INVITE' && isHunt) {
      const gateway = writeAddress(far);
      call.legs.push(legOf(message.callId, gateway, mark));
    }
    return;
  }
  const ofTag = (tag: string | undefined) => leg.answers.find((one) => one.tag === (tag ?? ''));
  switch (`${way} ${message.method}`) {
    case 'out CANCEL':
      if (isFirst(message)) leg.cancelled ??= mark;
      return;
    case 'out ACK': {
      const answer = ofTag(message.to.tag);
      if (answer !== undefined && isFirst(message)) answer.acked ??= mark;
      return;
    }
    case 'out BYE': {
      const answer = ofTag(message.to.tag);
      if (answer !== undefined) answer.byeOut ??= mark;
      return;
    }
    case 'in BYE': {
      const answer = ofTag(message.from.tag);
      if (answer !== undefined) answer.byeIn ??= mark;
      return;
    }
    default:
  }
}

export function legOf(callId: string, gateway: string, invited: Mark): LegSeen {
  return {
    callId,
    gateway,
    invited,
    heard: undefined,
    rang: [],
    rseqs: new Set(),
    refused: undefined,
    answers: [],
    cancelled: undefined,
    lastStatus: undefined,
  };
}

export function answerOf(leg: LegSeen, { status, to, headers }: SipResponse, mark: Mark): void {
  const tag = to.tag ?? '';
  const isOver = leg.refused !== undefined || leg.answers.length > 0;
  if (status < 200) {
    if (isOver || mark.atMs - leg.invited.atMs >= TIMER_B_MS) return;
    leg.heard ??= mark;
    if (status > 100 && !isKnown(leg, tag, headers)) leg.rang.push(mark);
    return;
  }
  if (status >= 300) {
    if (isOver) return;
    leg.refused = { ...mark, status };
    leg.lastStatus = status;
    return;
  }
  if (leg.answers.some((one) => one.tag === tag)) return;
  leg.lastStatus = status;
  const open = { acked: undefined, byeOut: undefined, byeIn: undefined };
  leg.answers.push({ ...mark, tag, ...open });
}

/** A reliable response that comes again says nothing. [3262-4] */
function isKnown({ rseqs }: LegSeen, tag: string, headers: SipResponse['headers']): boolean {
  const rseq = headerValue(headers, 'rseq');
  if (rseq === undefined) return false;
  const isOld = rseqs.has(`${tag} ${rseq}`);
  rseqs.add(`${tag} ${rseq}`);
  return isOld;
}

/** With it the other end leaves the dialog, whatever BYE of its own was lost. [3261-14.1] */
function isGone({ way, side, message }: Seen): boolean {
  if (way !== 'in' || message.kind !== 'response' || message.cseq.method !== 'INVITE') return false;
  // Toward the caller our first request within the dialog may be number 1.
  return message.status === 481 && (side === 'a' || !isFirst(message));
}

const isFirst = ({ cseq }: SipRequest | SipResponse) => cseq.number === 1;

const isFirstInvite = (message: SipResponse) =>
  message.cseq.method === 'INVITE' && isFirst(message);

/** Every 2xx dialog of a call in the order of arrival, with its leg. */
export function answersOf(call: CallSeen): { readonly leg: LegSeen; readonly answer: Answered }[] {
  return call.legs
    .flatMap((leg) => leg.answers.map((answer) => ({ leg, answer })))
    .sort((one, other) => one.answer.index - other.answer.index);
}

export const isBefore = (one: Mark | undefined, other: Mark | undefined): boolean =>
  one !== undefined && (other === undefined || one.index < other.index);

/** Whether two things happened at one moment: the site takes no time of its own. */
export const isAtOnce = (one: Mark | undefined, other: Mark | undefined): boolean =>
  one !== undefined && other !== undefined && Math.abs(one.atMs - other.atMs) < 1;
