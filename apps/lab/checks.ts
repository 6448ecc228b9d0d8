import { type CallTrace, isLiving, type LegB } from './call-trace.ts';
import { tagOf } from './sip-text.ts';
import { ANYCAST, CALLERS_PLACE } from './topology.ts';
import type { WirePacket } from './transit-link.ts';

/** A property of a call on the wire: nothing where it holds, else what is wrong in a few words. */
export type Check = (trace: CallTrace) => string | undefined;

const isHeard = ({ target, fate, sip }: WirePacket) =>
  target === CALLERS_PLACE && fate === 'arrived' && sip?.status !== undefined;
const isSaid = ({ source }: WirePacket) => source === CALLERS_PLACE;

const heard = ({ packets }: CallTrace) => packets.filter(isHeard);
export const said = ({ packets }: CallTrace, method: string) =>
  packets.filter((packet) => isSaid(packet) && packet.sip?.method === method);

const finalsTo = (trace: CallTrace, cseq: string) =>
  heard(trace).filter(({ sip }) => sip?.cseq === cseq && (sip.status ?? 0) >= 200);

const count = (many: number, what: string) => `${many} ${what}${many === 1 ? '' : 's'}`;

/** Every final response that the caller heard, repetitions too. */
export const finalsOf = (trace: CallTrace): readonly string[] =>
  heard(trace)
    .filter(({ sip }) => (sip?.status ?? 0) >= 200)
    .map(({ sip, from }) => `${sip?.cseq}: ${sip?.status} from ${from}`);

/** Exactly that many INVITEs without a To-tag reached gateways, by their Call-ID. */
export const legsB =
  (wanted: number): Check =>
  ({ legs }) =>
    legs.length === wanted ? undefined : `${count(legs.length, 'leg')} b`;

/** Nobody was waited for: the gateway was called soon after the INVITE had come. */
export const calledWithin =
  (ms: number): Check =>
  (trace) => {
    const [invite] = said(trace, 'INVITE');
    const [leg] = trace.legs;
    if (invite === undefined || leg === undefined) return 'no leg b';
    const afterMs = leg.invitedAt - invite.at;
    return afterMs <= ms ? undefined : `the gateway was called after ${Math.round(afterMs)} ms`;
  };

/** Two sites may both have dialled; a second later one leg lives at most. */
export const oneLivingLeg: Check = ({ legs }) => {
  const first = Math.min(...legs.map(({ invitedAt }) => invitedAt));
  if (legs.length === 0) return 'no leg b';
  const living = legs.filter((leg) => isLiving(leg, first + 1000)).length;
  return living <= 1 ? undefined : `${living} legs b alive after 1 s`;
};

const RESET_MS_MAX = 500;

/** A segment that came to a site without its connection is reset at once: no half-open wait. */
export const resetAtOnce: Check = ({ packets }) => {
  const home = packets.find(isSaid)?.target;
  const strayed = packets.find((one) => isSaid(one) && one.target !== home);
  if (strayed === undefined) return 'no segment strayed';
  const reset = packets.find(
    ({ source, flags }) => source === strayed.target && flags?.includes('R') === true,
  );
  return reset !== undefined && reset.at <= strayed.at + RESET_MS_MAX ? undefined : 'no reset';
};

/** The way cut the INVITE in pieces, or the row proves nothing. */
export const wentInFragments: Check = (trace) =>
  said(trace, 'INVITE').every(({ fragment }) => fragment !== undefined)
    ? undefined
    : 'the INVITE went in one piece';

/** At the end of the watch no leg rings or talks. */
export const noneLeft: Check = ({ legs }) => {
  const left = legs.filter(({ endedAt }) => endedAt === undefined).length;
  return left === 0 ? undefined : `${count(left, 'leg')} left`;
};

/** The request of that CSeq came to one final answer, one of these; repetitions are no other. */
export const ends =
  (cseq: string, ...wanted: readonly number[]): Check =>
  (trace) => {
    const finals = finalsTo(trace, cseq);
    const said = finals.map(({ sip }) => `${sip?.status} ${tagOf(sip?.to) ?? ''}`);
    const different = [...new Set(said)].map((one) => Number.parseInt(one, 10));
    if (different.length === 0) return `no answer to ${cseq}`;
    if (different.length > 1) return `${different.length} answers to ${cseq}`;
    return wanted.some((one) => one === different[0]) ? undefined : `${cseq}: ${different[0]}`;
  };

/** Each request of that method came to final answers, all of this status. */
export const everyEnds =
  (method: string, wanted: number): Check =>
  (trace) => {
    const cseqs = new Set(said(trace, method).map(({ sip }) => sip?.cseq ?? ''));
    if (cseqs.size === 0) return `no ${method} was sent`;
    for (const cseq of cseqs) {
      const finals = finalsTo(trace, cseq);
      if (finals.length === 0) return `no answer to ${cseq}`;
      const other = finals.find(({ sip }) => sip?.status !== wanted);
      if (other !== undefined) return `${cseq}: ${other.sip?.status}`;
    }
    return undefined;
  };

/** The answer was not repeated for want of an ACK, but for what a slow way excuses. */
export const notRepeated =
  (cseq: string, timesMax = 2): Check =>
  (trace) => {
    const times = finalsTo(trace, cseq).length;
    return times <= timesMax ? undefined : `${cseq} answered again and again`;
  };

/** The gateway that answered heard the caller's ACK. */
export const ackCrossed: Check = ({ legs }) => {
  const answered = legs.filter(({ answeredAt }) => answeredAt !== undefined);
  if (answered.length === 0) return 'nobody answered';
  return answered.every(({ ackedAt }) => ackedAt !== undefined) ? undefined : 'no ACK at leg b';
};

/** The gateway was asked this within the call. */
export const crossed =
  (method: string): Check =>
  ({ legs }) =>
    legs.some(({ asked }) => asked.includes(method)) ? undefined : `no ${method} at leg b`;

/** Every leg got CANCEL or BYE within a second of the first answer to the caller's CANCEL. */
export const stopsIn1s: Check = (trace) => {
  const cancel = said(trace, 'CANCEL')[0];
  const answer = finalsTo(trace, '1 CANCEL')[0];
  if (cancel === undefined) return 'no CANCEL was sent';
  const limit = (answer ?? cancel).at + 1000;
  const late = ({ endedAt, cancelledAt }: LegB) =>
    Math.min(cancelledAt ?? Number.POSITIVE_INFINITY, endedAt ?? Number.POSITIVE_INFINITY) > limit;
  return trace.legs.some(late) ? 'the gateway rings on' : undefined;
};

/** A response leaves from where its request went; over UDP the caller would not know it else. */
export const fromWhereAsked: Check = (trace) => {
  const wrong = heard(trace).find((answer) => {
    const branch = branchOf(answer);
    const asked = trace.packets.filter((one) => isSaid(one) && branchOf(one) === branch);
    return asked.length > 0 && !asked.some(({ to }) => to === answer.from);
  });
  return wrong === undefined ? undefined : `answered from ${wrong.from}`;
};

const branchOf = ({ sip }: WirePacket) => /;branch=([^;]+)/.exec(sip?.via ?? '')?.[1];

/** The caller heard this answer from A alone. */
export const answeredFromA =
  (cseq: string): Check =>
  (trace) => {
    const other = finalsTo(trace, cseq).find(({ from }) => !from.startsWith(`${ANYCAST}:`));
    return other === undefined ? undefined : `${cseq} answered from ${other.from}`;
  };

/** Nothing passed between the caller and any other address than A, nor was tried. */
export const onlyA: Check = ({ packets }) => {
  const other = packets.find((packet) => {
    const far = isSaid(packet) ? packet.to : packet.from;
    return !far.startsWith(`${ANYCAST}:`);
  });
  return other === undefined ? undefined : `a packet to or from ${other.from}`;
};

/**
 * What a site asked the caller arrived, and its answer came back: nothing is asked for ever. How
 * often TCP repeats a segment is its own affair, but there nothing is asked anew.
 */
export const askedOfCaller =
  (method: string, timesMax = 2): Check =>
  ({ packets }) => {
    const asked = packets.filter(
      ({ target, fate, sip }) =>
        target === CALLERS_PLACE && fate === 'arrived' && sip?.method === method,
    );
    if (asked.length === 0) return `the caller heard no ${method}`;
    const isStream = asked.some(({ transport }) => transport === 'tcp');
    const times = isStream ? new Set(asked.map(({ sip }) => sip?.via)).size : asked.length;
    return times <= (isStream ? 1 : timesMax)
      ? undefined
      : `${method} to the caller again and again`;
  };

/** When the caller first said CANCEL, one leg at most was alive. */
export const oneLivingAtCancel: Check = (trace) => {
  const cancel = said(trace, 'CANCEL')[0];
  if (cancel === undefined) return 'no CANCEL was sent';
  const living = trace.legs.filter((leg) => isLiving(leg, cancel.at)).length;
  return living <= 1 ? undefined : `${living} legs b alive after healing`;
};
