import type { Octets } from '../base/brands.ts';
import type { RequestId, Tag } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import type { Facts, Target } from './facts.ts';
import type { EndReason, Termination } from './termination.ts';

/** One INVITE to a gateway whose final answer is still owed. */
export type Attempt = {
  /** Counts from 1; also the place in the record. */
  readonly number: number;
  readonly target: Target;
  /** The furthest that it has shown: nothing, a 100, or a provisional that rings. */
  readonly progress: 'silent' | 'trying' | 'ringing';
  readonly cancel: 'no' | 'asked';
};

/** The dialogs that talk to each other. */
export type Bridge = {
  /** Index in Facts.forks: the dialog of leg a. */
  readonly fork: number;
  readonly attempt: number;
  /** The gateway's tag: the dialog of leg b. */
  readonly tag: Tag;
};

/** Hops given up or cancelled whose final answer is still owed, in every state. */
type Fading = { readonly facts: Facts; readonly fading: readonly Attempt[] };

export type Dialing = Fading & {
  readonly tag: 'dialing';
  /** Absent: every target has had its turn, and a fading one may still answer. */
  readonly current: Attempt | undefined;
  readonly next: readonly Target[];
  /** What the caller is spoken to about. Absent: it is not. */
  readonly voice?: 'hunting' | 'failed' | undefined;
  /** What the caller is refused with when it has been told why. */
  readonly verdict?: Verdict | undefined;
};

/** Why a call fails, and how its caller is told. */
export type Verdict = {
  readonly why: EndReason;
  readonly says: {
    readonly status: number;
    readonly reason: string;
    readonly headers: readonly Header[];
    readonly body: Octets;
  };
};

/** The caller has our 2xx and owes the ACK. */
export type Answering = Fading & { readonly tag: 'answering'; readonly bridge: Bridge };

export type Talking = Fading & { readonly tag: 'talking'; readonly bridge: Bridge };

/** Leg a is the caller's, leg b the gateway's. */
export type Side = 'a' | 'b';

/** One dialog of a call. */
export type DialogName =
  | { readonly side: 'a'; readonly fork: number }
  | { readonly side: 'b'; readonly attempt: number; readonly tag: Tag };

/** A request within a dialog, as far as it crosses. It bears one name on both sides. */
export type AskedWithin = {
  /** Who asked. */
  readonly side: Side;
  readonly request: RequestId;
  readonly method: string;
  readonly maxForwards: number;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

/** A re-INVITE crosses. */
export type Renegotiating = Fading & {
  readonly tag: 'renegotiating';
  readonly bridge: Bridge;
  readonly asked: AskedWithin;
  /** The other side's answer, its turn after glare, its answer to a CANCEL, or the asker's ACK. */
  readonly waitsFor: 'answer' | 'turn' | 'last-word' | 'ack';
  readonly retries: number;
};

/** Who is to talk with the caller in place of who did. */
export type Transfer = {
  /** It was invited, its INVITE came, or it is who has talked before, after another one failed. */
  readonly by: 'placed' | 'came' | 'stayed';
  readonly attempt: number;
  /** Its INVITE, whose final answer is owed. Absent: none is. */
  readonly invited: Attempt | undefined;
  /** Its dialog. Absent: it has not answered. */
  readonly tag: Tag | undefined;
  /** Its answer, which makes an offer; the caller's answer to that; the caller's turn after glare. */
  readonly waitsFor: 'offer' | 'answer' | 'turn';
  readonly offer: { readonly headers: readonly Header[]; readonly body: Octets };
  /** It has hung up before the caller answered. */
  readonly isGone: boolean;
  /** The number of the REFER that asked for it. Absent: none did. */
  readonly refer: number | undefined;
  readonly retries: number;
};

/** One gateway takes the place of another one. */
export type Transferring = Fading & {
  readonly tag: 'transferring';
  /** Who talks until then. */
  readonly bridge: Bridge;
  /** That one has hung up already. */
  readonly hasLeft: boolean;
  /** Who is called next if nobody is left to talk with. */
  readonly next: readonly Target[];
  readonly transfer: Transfer;
};

/** The caller is done with; the call is over when nothing fades. */
export type Ended = Fading & { readonly tag: 'ended'; readonly termination: Termination };

export type CallState = Dialing | Answering | Talking | Renegotiating | Transferring | Ended;

/** Every attempt of a call being dialled that has had no final answer yet. */
export function owed({ current, fading }: Dialing): readonly Attempt[] {
  return current === undefined ? fading : [current, ...fading];
}
