import { writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest, SipResponse } from '../../lib/sip/message.ts';
import {
  answerOf,
  answersOf,
  type CallSeen,
  isBefore,
  type LegSeen,
  legOf,
  type Mark,
} from './reading.ts';
import { isJoin, type Seen, type Witnessed } from './witness.ts';

type Told = Mark & { readonly status: number; readonly isLast: boolean; readonly cseq: number };

/** One REFER that a gateway has sent. */
export type ReferSeen = {
  readonly callId: string;
  /** What its sender is called by. */
  readonly tag: string;
  readonly number: number;
  readonly sent: Mark;
  /** The value of each Refer-To. */
  readonly to: readonly string[];
  answered: (Mark & { readonly status: number }) | undefined;
  /** What its sender was told, each thing once. */
  readonly told: Told[];
};

/** A gateway that was called, or came, to take the place of another one. */
export type LaterLeg = LegSeen & {
  readonly by: 'placed' | 'came';
  /** What the caller is to answer, if it came. */
  readonly offer: string;
  /** The dialog whose place it wants, if it came. */
  readonly replaces: string;
};

/** What the caller was offered by us, and its last word on that. */
export type OfferSeen = {
  readonly body: string;
  readonly begun: Mark;
  readonly branches: Set<string>;
  readonly finals: (Mark & {
    readonly status: number;
    readonly body: string;
    readonly branch: string;
  })[];
};

export type TransfersSeen = {
  readonly refers: readonly ReferSeen[];
  readonly legs: readonly LaterLeg[];
  /** Each SDP once. */
  readonly offers: readonly OfferSeen[];
};

/** How many hops a request has that begins here. */
const OWN_HOPS = '70';

/** What the wire shows of the transfers of one call. */
export function readTransfers({ seen }: Witnessed, call: CallSeen): TransfersSeen {
  const refers: ReferSeen[] = [];
  const legs: LaterLeg[] = [];
  const offers: OfferSeen[] = [];
  seen.forEach((one, index) => {
    const mark = { index, atMs: one.atMs };
    if (one.side === 'a') {
      readOffer(offers, one, mark);
      return;
    }
    const leg = legs.find(({ callId }) => callId === one.message.callId);
    if (leg !== undefined) readLater(leg, one, mark);
    else if (isBegun(call, one, mark)) legs.push(laterLeg(one, mark));
    readRefer(refers, one, mark);
  });
  return { refers, legs, offers };
}

function isBegun({ final, legs }: CallSeen, { way, message }: Seen, mark: Mark): boolean {
  if (message.kind !== 'request' || message.method !== 'INVITE') return false;
  if (message.to.tag !== undefined) return false;
  if (way === 'in') return isJoin(message);
  return isBefore(final, mark) && !legs.some(({ callId }) => callId === message.callId);
}

function laterLeg({ way, message, far }: Seen, mark: Mark): LaterLeg {
  const by = way === 'out' ? 'placed' : 'came';
  const replaces = headerValue(message.headers, 'replaces') ?? '';
  const begun = legOf(message.callId, writeAddress(far), mark);
  return { ...begun, by, offer: message.body, replaces };
}

function readLater(leg: LaterLeg, { way, message }: Seen, mark: Mark): void {
  const isFirst = message.cseq.number === 1;
  const isTheirs = leg.by === 'came';
  if (message.kind === 'response') {
    const isAnswer = message.cseq.method === 'INVITE' && isFirst;
    if (isAnswer && way === (isTheirs ? 'out' : 'in')) answerOf(leg, message, mark);
    return;
  }
  const tag = way === 'out' ? message.to.tag : message.from.tag;
  const answer = leg.answers.find((one) => isTheirs || one.tag === tag);
  switch (message.method) {
    case 'CANCEL':
      if (way === (isTheirs ? 'in' : 'out')) leg.cancelled ??= mark;
      return;
    case 'ACK':
      if (answer !== undefined && isFirst) answer.acked ??= mark;
      return;
    case 'BYE':
      if (answer === undefined) return;
      if (way === 'in') answer.byeIn ??= mark;
      else answer.byeOut ??= mark;
      return;
    default:
  }
}

function readRefer(refers: ReferSeen[], { way, message }: Seen, mark: Mark): void {
  const { callId, cseq } = message;
  if (message.kind === 'response') {
    if (way !== 'out' || cseq.method !== 'REFER') return;
    const refer = refers.find((one) => one.callId === callId && one.number === cseq.number);
    if (refer !== undefined) refer.answered ??= { ...mark, status: message.status };
    return;
  }
  if (way === 'in' && message.method === 'REFER') {
    if (refers.some((one) => one.callId === callId && one.number === cseq.number)) return;
    const to = message.headers.filter(({ name }) => name === 'refer-to').map(({ value }) => value);
    const tag = message.from.tag ?? '';
    const unheard = { answered: undefined, told: [] };
    refers.push({ callId, tag, number: cseq.number, sent: mark, to, ...unheard });
  }
  if (way === 'out' && message.method === 'NOTIFY') readNews(refers, message, mark);
}

function readNews(refers: readonly ReferSeen[], message: SipRequest, mark: Mark): void {
  const { callId, cseq, headers, body } = message;
  const event = headerValue(headers, 'event');
  const refer = refers.find((one) => one.callId === callId && event === `refer;id=${one.number}`);
  if (refer === undefined || refer.told.some((one) => one.cseq === cseq.number)) return;
  const isLast = headerValue(headers, 'subscription-state')?.startsWith('terminated') === true;
  refer.told.push({ ...mark, status: Number(body.split(' ')[1]), isLast, cseq: cseq.number });
}

function readOffer(offers: OfferSeen[], { way, message }: Seen, mark: Mark): void {
  const branch = message.via.branch ?? '';
  if (message.kind === 'request') {
    const isOurs = way === 'out' && message.method === 'INVITE' && isOwn(message);
    if (!isOurs) return;
    const known = offers.find(({ body }) => body === message.body);
    if (known !== undefined) known.branches.add(branch);
    else offers.push({ body: message.body, begun: mark, branches: new Set([branch]), finals: [] });
    return;
  }
  if (way !== 'in' || message.status < 200 || message.cseq.method !== 'INVITE') return;
  const offer = offers.find(({ branches }) => branches.has(branch));
  const { status, body } = message;
  offer?.finals.push({ ...mark, status, body, branch });
}

const isOwn = ({ headers }: SipRequest | SipResponse) =>
  headerValue(headers, 'max-forwards') === OWN_HOPS;

/** Whether a gateway has asked for a transfer of the call, or another one came into it. */
export function isTransferred({ seen }: Witnessed): boolean {
  return seen.some(
    ({ way, side, message }) =>
      way === 'in' &&
      side === 'b' &&
      message.kind === 'request' &&
      (message.method === 'REFER' || isJoin(message)),
  );
}

/** Every dialog with a gateway, of the hunt and of all transfers. */
export function dialogsOf(call: CallSeen, { legs }: TransfersSeen) {
  const later = legs.flatMap((leg) => leg.answers.map((answer) => ({ leg, answer })));
  return [...answersOf(call), ...later];
}
