import type { MonoMs, Octets, UnixMs } from '../base/brands.ts';
import { unixMs } from '../base/brands.ts';
import type { Place, Transport } from '../sip/address.ts';
import type { UriText } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import type { CallId } from './ids.ts';
import type { AttemptRecord } from './record.ts';

/** One gateway as the hunt sees it. */
export type Target = {
  readonly gateway: string;
  readonly uri: UriText;
  readonly address: Place;
  /** Absent: udp. */
  readonly transport?: Transport | undefined;
  /** Whether what is too large for a datagram goes to it by TCP. Absent: it does not. */
  readonly largeByTcp?: boolean | undefined;
  /** What the INVITE says besides what the caller said. */
  readonly headers?: readonly Header[] | undefined;
  /** Where a 3xx led to: a further 3xx of it is not followed. Absent: it was planned. */
  readonly isRedirected?: true | undefined;
};

export type FailoverCondition = number | 'transport' | 'timeout';

/** How one call hunts; milliseconds. */
export type HuntRules = {
  /** `any`: every 3xx to 6xx, transport failure and timeout moves the hunt on. */
  readonly failoverOn: readonly FailoverCondition[] | 'any';
  /** The longest wait for a first response of one gateway. */
  readonly attemptMs: number;
  readonly attemptMsMin: number;
  /** How long a gateway that sent 100 may be silent before 180. */
  readonly progressTimeoutMs: number;
  readonly budgetMs: number;
  /** How long an ordinary call may ring. */
  readonly ringTimeoutMs: number;
};

/** What the caller asked for, as far as it crosses to a gateway. */
export type Asked = {
  readonly uri: UriText;
  /** Whole header values. */
  readonly from: string;
  readonly to: string;
  readonly maxForwards: number;
  /** Whether the caller acknowledges provisional responses. [3262-3] */
  readonly ringsReliably: boolean;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

/** Whether the caller sees an early dialog for each callee that sends it media, or one in all. */
export type EarlyDialogs = 'each' | 'first';

/** Files that a media server plays. */
export type Prompts = {
  /** When the budget is over and the hunt goes on. */
  readonly hunting: string | undefined;
  /** When nobody took the call, before it is refused. */
  readonly failed: string | undefined;
};

/** One dialog of leg a: its To-tag is minted by the runtime for this number. */
export type Fork = {
  /** The gateway-side dialog it stands for, `<attempt>/<tag>`. */
  readonly of: string;
  /** Whether SDP has gone to the caller in it. */
  readonly hasSdp: boolean;
  /** The caller has answered that before the call was answered. Absent: not so. [3262-5] */
  readonly isAnswered?: true;
};

export type Times = {
  readonly trying: UnixMs | undefined;
  readonly ringing: UnixMs | undefined;
  readonly answered: UnixMs | undefined;
  readonly acked: UnixMs | undefined;
};

export type Moved = 'moved' | 'stayed' | 'sticky';

/** What is true of a call in each of its states. Plain JSON. */
export type Facts = {
  readonly callId: CallId;
  readonly emergency: boolean;
  readonly sticky: boolean;
  readonly earlyDialogs: EarlyDialogs;
  /** What the caller may be told before an answer. Absent: nothing. */
  readonly prompts?: Prompts | undefined;
  /** Whether REFER crosses, or that of a gateway is carried out here. Absent: it is refused. */
  readonly transfers?: 'pass' | 'execute' | undefined;
  /** Whom an emergency call is offered to that a transfer has left alone. Absent: nobody. */
  readonly fallbacks?: readonly Target[] | undefined;
  readonly asked: Asked;
  readonly rules: HuntRules;
  readonly startedAt: MonoMs;
  readonly startedAtUnix: UnixMs;
  readonly forks: readonly Fork[];
  readonly attempts: readonly AttemptRecord[];
  readonly times: Times;
  readonly moved: Moved | undefined;
};

/**
 * The moment of an event by the wall clock as it stood at the start, whatever was done to it since.
 */
export function unixAt(facts: Facts, at: MonoMs): UnixMs {
  return unixMs(Math.round(facts.startedAtUnix + (at - facts.startedAt)));
}

/** Whether a caller may send REFER: who calls in an emergency transfers nobody. */
export function mayCallerTransfer({ transfers, emergency }: Facts): boolean {
  return transfers === 'pass' && !emergency;
}

/** An INVITE without SDP leaves the offer to the gateway; its answer stands in the ACK. [3264-5] */
export function isLateOffer({ asked, forks }: Facts, fork: number): boolean {
  return asked.body === '' && forks[fork]?.isAnswered !== true;
}
