import type { Alarm } from '../base/time.ts';
import type { Effect } from '../call/effects.ts';
import type { CallEvent } from '../call/events.ts';
import type { Target } from '../call/facts.ts';
import type { CallState } from '../call/state.ts';
import type { Claim } from '../guard/merged-invites.ts';
import type { Share } from '../guard/shares.ts';
import type { ClaimId } from '../ports/ownership.ts';
import type { LegId, ReceivedOn } from '../ports/sip-engine.ts';
import type { SipCallId, Tag, UriText } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import type { Mark } from './admission.ts';
import type { CallMedia } from './call-media.ts';
import type { ContactPlace, Identity } from './identities.ts';

/** Leg b of one attempt. */
export type LegB = {
  readonly leg: LegId;
  readonly callId: SipCallId;
  readonly gateway: string;
  /** `address:port` it leaves from. */
  readonly local: string;
  /** `address:port` it was sent to. */
  readonly target: string;
  /** The engine that carries it, where the site has two. */
  readonly by: string | undefined;
  /** Why it is not the engine that was configured. */
  readonly why: string | undefined;
  readonly contact: UriText;
  /** What it is called by where the gateway called us. Absent: we called it. */
  readonly toTag?: Tag | undefined;
  /** Whether it still takes a place at the gateway. */
  isAtGateway: boolean;
};

/** A call with what surrounds its state: names, legs, the timer and the inbox. */
export type LiveCall = {
  state: CallState;
  readonly legA: LegId;
  readonly sipCallId: SipCallId;
  readonly receivedOn: ReceivedOn;
  /** The other sites that messages of it have come through. */
  readonly through: Set<string>;
  readonly trunk: string | undefined;
  /** The gateway that calls outwards: leg b is outside then. Absent: leg a is. */
  readonly fromGateway: string | undefined;
  /** The group it hunts through. */
  readonly group: string | undefined;
  readonly claim: Claim;
  /** What other sites know it by. Absent: there are none. */
  readonly claimed: ClaimId | undefined;
  /** Where a 3xx of a gateway leads to. Absent: it is not followed. */
  readonly redirects: ((headers: readonly Header[]) => readonly Target[]) | undefined;
  /** Where a REFER of a gateway leads that is carried out here. Absent: none is. */
  readonly transferTo: ((headers: readonly Header[]) => Target | undefined) | undefined;
  /** What its source has taken of the site. */
  readonly share: Share;
  readonly marks: readonly Mark[];
  /** Where the caller's later requests are to come: U, or A for a sticky trunk. */
  readonly contactListener: ContactPlace;
  /** One a fork, in the order of Facts.forks; the first names the call. */
  readonly identities: Identity[];
  /** One an attempt; attempt 1 is the first. */
  readonly legsB: LegB[];
  /** Absent: its media flows past this node. */
  readonly media: CallMedia | undefined;
  alarm: Alarm | undefined;
  /** Events, and the orders that the call begins with. */
  readonly inbox: (CallEvent | readonly Effect[])[];
  isBusy: boolean;
  isRecorded: boolean;
};

export function forkTag(call: LiveCall, fork: number): Tag {
  const identity = call.identities[fork];
  if (identity === undefined) throw new Error(`fork ${fork} of the call has no tag`);
  return identity.tag;
}

/** The fork that a dialog of leg a is. */
export function forkOf({ identities }: LiveCall, tag: Tag): number {
  return identities.findIndex((identity) => identity.tag === tag);
}

export function legBOf(call: LiveCall, attempt: number): LegB {
  const leg = call.legsB[attempt - 1];
  if (leg === undefined) throw new Error(`attempt ${attempt} has no leg`);
  return leg;
}
