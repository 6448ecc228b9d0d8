import type { UnixMs } from '../base/brands.ts';
import type { CallId } from './ids.ts';
import type { EndReason, Fault } from './termination.ts';

/** One try at one gateway. */
export type AttemptRecord = {
  readonly gateway: string;
  /** `address:port`. */
  readonly target: string;
  readonly startedAt: UnixMs;
  /**
   * The gateway's final status; ours is 408 for silence and 503 for a transport failure; 0 while it
   * is owed.
   */
  readonly status: number;
  readonly reason: string;
};

/** What came from one leg, all its media lines together. */
export type MediaCount = {
  readonly packets: number;
  readonly octets: number;
  /** When the last packet came. Absent: none ever did. */
  readonly lastAt: UnixMs | undefined;
  /** As the far end reports it by RTCP. */
  readonly lost: number | undefined;
  readonly jitterMs: number | undefined;
  /** 1 to 5. */
  readonly mos: number | undefined;
};

/** One line per call, written once at the caller's end. Times are Unix milliseconds. */
export type CallRecord = {
  readonly record: 1;
  readonly callId: CallId;
  /** Absent: it was a call. */
  readonly method?: 'MESSAGE' | undefined;
  readonly sipCallIdA: string;
  readonly sipCallIdB: readonly string[];
  readonly site: string;
  readonly receivedAt: UnixMs;
  /** `A udp:192.0.2.112:5060`, `U udp:198.51.100.11:5060`, or `G ...` on the gateway side. */
  readonly receivedOn: string;
  /** Other sites that received messages of the call. Absent: all came to this one. */
  readonly through?: readonly string[] | undefined;
  /** `address:port` the INVITE came from. */
  readonly source: string;
  /** Absent for a source that no trunk names. */
  readonly trunk: string | undefined;
  /** The gateway that called outwards. Absent: the call came from outside. */
  readonly fromGateway?: string | undefined;
  /** Whole header values, as text for people. */
  readonly from: string;
  readonly to: string;
  readonly emergency: boolean;
  /** What was suspicious about it and did not stop it. Absent in records of older nodes. */
  readonly marks?: readonly string[];
  readonly times: {
    readonly invite: UnixMs;
    readonly trying: UnixMs | undefined;
    readonly ringing: UnixMs | undefined;
    readonly answered: UnixMs | undefined;
    readonly acked: UnixMs | undefined;
    readonly ended: UnixMs;
  };
  /** Whether the caller's requests came to U after the answer; absent when none came. */
  readonly moved: 'moved' | 'stayed' | 'sticky' | undefined;
  readonly attempts: readonly AttemptRecord[];
  /** What crossed this site until it was given back. Absent: nothing did, or nobody counted. */
  readonly media?: Readonly<Record<'a' | 'b', MediaCount>> | undefined;
  /** Whether it was to be recorded. Absent: it was not. */
  readonly recorded?: true | undefined;
  readonly fault: Fault;
  readonly reason: EndReason;
  readonly status: number;
  readonly durationMs: number;
};
