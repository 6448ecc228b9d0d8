import type { WithinPlan } from './within.ts';

/** What one caller will do; drawn from the seed before the call begins. */
export type PhonePlan = {
  readonly emergency: boolean;
  readonly lateOffer: boolean;
  /** Sends ACK and BYE to A whatever the Contact says. */
  readonly pinsA: boolean;
  /** Gives up this long after the INVITE. */
  readonly patienceMs: number;
  /** Hangs up this long after the answer; absent: leaves it to the gateway. */
  readonly talkMs: number | undefined;
  /** Acknowledges what it hears before the answer. */
  readonly ringsReliably?: boolean;
  readonly within: WithinPlan;
  /** It is behind a gateway, and calls outwards: an emergency is then a callback. */
  readonly isInside?: boolean;
  /** Wants its session refreshed, by UPDATE. Absent: it knows no session timers. */
  readonly keepsSession?: boolean;
  /** Says SDP that nobody else says. */
  readonly hasOwnSdp?: boolean;
};
