import type { Brand } from '../base/brands.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';

/** One claim, as every site calls it. */
export type ClaimId = Brand<string, 'ClaimId'>;

/** A start of a site: an old start never acts. */
export type Owner = { readonly site: number; readonly epoch: number };

/** What came from a caller, and who that is. */
export type Arrival<Message extends SipMessage = SipRequest> = {
  readonly message: Message;
  /** The name of the trunk, or the address without its port. */
  readonly source: string;
  /** Whether a trunk names the source. When memory is short, claims of others go first. */
  readonly isVerified: boolean;
};

export type Claimed =
  /** The call is this site's: nobody is known to have it. */
  | { readonly kind: 'new'; readonly claim: ClaimId }
  /** The very INVITE of a call that is known: its last response again. */
  | { readonly kind: 'retransmission'; readonly claim: ClaimId; readonly owner: Owner }
  /** Another INVITE of a call that is known: the same responses. [3261-8.2.2.2] */
  | { readonly kind: 'joined'; readonly claim: ClaimId; readonly owner: Owner }
  /** Its CANCEL has come before it: 487. */
  | { readonly kind: 'tombstone' };

export type Owned =
  | {
      readonly kind: 'owner';
      readonly owner: Owner;
      /** Absent: it was found by a token. */
      readonly claim: ClaimId | undefined;
      /** As the token says; a CANCEL counts as one. */
      readonly emergency: boolean;
    }
  /** It bears a token that no key of the cluster made for this call. */
  | { readonly kind: 'forged' }
  /** A CANCEL that found nothing is remembered for 32 s, at every site that may be asked. */
  | { readonly kind: 'nobody' };

/** How far the call of a claim is. */
export type Progress = 'ringing' | 'answered' | 'failed';

export interface OwnershipEars {
  /**
   * Another site has the same call and has got further: the leg b here is to be cancelled, and what
   * the caller sent is to be handed over. The claim is not this site's any more.
   */
  onYield(claim: ClaimId, to: Owner): void;
  /** The CANCEL of this call had found nothing before its claim was known there. */
  onBuried(claim: ClaimId): void;
}

/** Whose a call is, among all sites. Nothing waits for a site that is down. No promise rejects. */
export interface Ownership {
  /**
   * An INVITE without a To-tag. Settles within 30 ms: who has not answered by then does not hold
   * the call up, and what it says later comes to the ears. [3261-17.2.3]
   */
  claim(invite: Arrival): Promise<Claimed>;
  /** Whoever was said to have that call does not take it: it is this site's until they meet. */
  claimAnyway(invite: Arrival): ClaimId;
  /** Any other request, and a response, that nothing local matches. Settles within a second. */
  ownerOf(stray: Arrival<SipMessage>): Promise<Owned>;
  /** Whose the call of an INVITE or a CANCEL is that came over a link, as far as is known here. */
  knownOwner(arrival: Arrival): Owner | undefined;
  /** A claim of this site. After `answered` and `failed` it is kept for 32 s. */
  progress(claim: ClaimId, progress: Progress): void;
  close(): void;
}
