import type { Octets } from '../base/brands.ts';
import type { Address, Place } from '../sip/address.ts';
import type { LegId, RequestId, SipCallId, StrayId, Tag, UriText } from '../sip/ids.ts';
import type { Header, SipRequest, SipResponse } from '../sip/message.ts';
import type { Listener, ReceivedOn, RelayedMessage } from './arrivals.ts';
import type {
  MessageOutcome,
  MessageReply,
  OutgoingMessage,
  Probe,
  ProbeOutcome,
} from './outside-dialogs.ts';

export type { LegId, RequestId, StrayId } from '../sip/ids.ts';
export type { Listener, ListenerRole, ReceivedOn, RelayedMessage } from './arrivals.ts';

/** What a response of ours to an INVITE says; the engine adds Via, Call-ID, CSeq and the fence. */
export type InviteResponse = {
  readonly status: number;
  readonly reason: string;
  /** The To-tag: its dialog. A response with another tag is another dialog. [3261-12.1] */
  readonly tag: Tag;
  /** Absent in a final response of 300 and above. */
  readonly contact: UriText | undefined;
  /** Whether the caller may send REFER, which Allow says in a 2xx. Absent: no. */
  readonly mayTransfer?: boolean | undefined;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

export type OutgoingInvite = {
  readonly leg: LegId;
  /** The listener that it leaves from: of role `gateway`, or of `unicast` for a call outwards. */
  readonly listener: Listener;
  /** What it leaves from instead when it is too large for a datagram; absent: nothing else. */
  readonly large?: { readonly listener: Listener; readonly contact: UriText } | undefined;
  readonly nextHop: Place;
  readonly uri: UriText;
  /** Whole header values; From carries `tag`. */
  readonly from: string;
  readonly to: string;
  /** The From-tag. It also stands in the branches of this leg's requests. */
  readonly tag: Tag;
  readonly callId: SipCallId;
  readonly contact: UriText;
  readonly maxForwards: number;
  /**
   * Whether its provisional responses may be reliable; the engine acknowledges them, but an offer
   * is acknowledged by a PRACK of the node's, which bears the answer. Absent: no. [3262-4]
   */
  readonly mayRingReliably?: boolean;
  /** Whether the gateway may send REFER, which Allow says. Absent: no. */
  readonly mayTransfer?: boolean | undefined;
  /** Whether another gateway's INVITE may take its place, which Supported says. Absent: no. */
  readonly mayBeReplaced?: boolean | undefined;
  /** It finds room where others find none. Absent: no. */
  readonly isEmergency?: boolean;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

/** How an INVITE leaves. */
export type Departure = {
  readonly local: Address;
  /** The engine that carries it, where the site has two. */
  readonly by?: string;
  /** Why it is not the engine that was configured. */
  readonly why?: string | undefined;
};

/** The far end's half of a message of a leg: what may cross to the other leg. */
export type Content = { readonly headers: readonly Header[]; readonly body: Octets };

/** A request within a dialog. */
export type DialogRequest = Content & {
  readonly request: RequestId;
  readonly method: string;
  readonly maxForwards: number;
};

/** A request of ours within a dialog. */
export type OutgoingDialogRequest = DialogRequest & {
  /** Stands in the methods that refresh the target. [3261-12.2.1.1] */
  readonly contact: UriText;
};

/** Our answer to a request within a dialog; to a re-INVITE a provisional too. */
export type DialogReply = Content & {
  readonly status: number;
  readonly reason: string;
  /** Stands in a 1xx or 2xx to a method that refreshes the target. [3261-12.2.2] */
  readonly contact: UriText;
};

/** A dialog as this side sees it. [3261-12] */
export type DialogId = {
  readonly callId: SipCallId;
  readonly localTag: Tag;
  readonly remoteTag: Tag;
};

export type LegEvent =
  | { readonly on: 'trying' }
  | (Content & {
      readonly on: 'ringing';
      /** 101 to 199. */
      readonly status: number;
      readonly reason: string;
      /** Absent in a provisional that makes no dialog. */
      readonly tag: Tag | undefined;
      /** It offers, and waits for a PRACK of the node's with the answer. [3262-5] */
      readonly isOffer?: boolean;
    })
  | (Content & {
      readonly on: 'answered';
      readonly status: number;
      readonly reason: string;
      readonly tag: Tag;
    })
  | (Content & {
      readonly on: 'refused';
      /** 300 to 699; 408 for a timeout and 503 for a transport failure of ours. [3261-8.1.3.1] */
      readonly status: number;
      readonly reason: string;
      readonly cause: 'response' | 'timeout' | 'transport';
    })
  /** The engine has answered the CANCEL; `raw` is it, for the site that has the call. */
  | (Content & {
      readonly on: 'cancelled';
      readonly receivedOn: ReceivedOn;
      readonly raw: Buffer;
    })
  | (Content & { readonly on: 'acknowledged'; readonly tag: Tag; readonly receivedOn: ReceivedOn })
  /** No ACK to our 2xx came within 64*T1. [3261-13.3.1.4] */
  | { readonly on: 'unacknowledged'; readonly tag: Tag }
  /** The far end sent BYE; the engine has answered it. `tag` names the dialog as in `hangUp`. */
  | (Content & { readonly on: 'hung-up'; readonly tag: Tag; readonly receivedOn: ReceivedOn })
  /** A request in the dialog that waits for the node's reply; `tag` as in `hung-up`. */
  | (DialogRequest & {
      readonly on: 'asked';
      readonly tag: Tag;
      readonly receivedOn: ReceivedOn;
    })
  /** A re-INVITE in the dialog is taken back; its answer is still owed, whatever it will be. */
  | {
      readonly on: 'retracted';
      readonly request: RequestId;
      readonly headers: readonly Header[];
      readonly tag: Tag;
      readonly receivedOn: ReceivedOn;
    }
  /** The answer to a request of ours, 408 and 503 as in `refused`; before it 101 to 199. */
  | (Content & {
      readonly on: 'replied';
      readonly request: RequestId;
      readonly status: number;
      readonly reason: string;
      readonly tag: Tag;
    })
  /** The ACK of our 2xx to a re-INVITE. */
  | (Content & {
      readonly on: 'confirmed';
      readonly request: RequestId;
      readonly tag: Tag;
      readonly receivedOn: ReceivedOn;
    })
  /** No ACK to our 2xx to a re-INVITE came within 64*T1. [3261-13.3.1.4] */
  | { readonly on: 'unconfirmed'; readonly request: RequestId; readonly tag: Tag }
  /**
   * The far end does not keep the session alive: it has left a refresh of ours unanswered, does not
   * know the dialog, or has not sent the refresh it owed; 408 or 481. `tag` as in `hung-up`.
   * [4028-10]
   */
  | { readonly on: 'expired'; readonly tag: Tag; readonly status: number }
  /** Whatever held the leg of an answered call is gone, and the far end cannot be told. */
  | { readonly on: 'lost'; readonly tag: Tag; readonly why: string }
  /** A request in the dialog that this engine does not carry, and what it answered. */
  | {
      readonly on: 'declined';
      readonly method: string;
      readonly status: number;
      readonly receivedOn: ReceivedOn;
    };

export type ReceivedInvite = {
  readonly leg: LegId;
  readonly request: SipRequest;
  readonly receivedOn: ReceivedOn;
  /** As it came, byte for byte. */
  readonly raw: Buffer;
};

export type Stray = {
  readonly id: StrayId;
  readonly request: SipRequest;
  readonly receivedOn: ReceivedOn;
  /** As it came, byte for byte. */
  readonly raw: Buffer;
};

/** A response to no request of this site. */
export type StrayResponse = {
  readonly response: SipResponse;
  readonly receivedOn: ReceivedOn;
  readonly raw: Buffer;
};

export type Listening =
  | { readonly kind: 'listening' }
  | { readonly kind: 'failed'; readonly listener: Listener; readonly why: string };

/**
 * The doorway to whatever speaks SIP. No call throws for what the network does: outcomes come back
 * as events. An order for a leg that is over is ignored.
 */
export interface SipEngine {
  listen(listeners: readonly Listener[]): Promise<Listening>;
  /** Sends 101 to 199 on leg a. */
  ring(leg: LegId, response: InviteResponse): void;
  /** Sends a 2xx on leg a and repeats it until its ACK has come. [3261-13.3.1.4] */
  answer(leg: LegId, response: InviteResponse): void;
  /** Sends 300 to 699 on leg a. */
  reject(leg: LegId, response: InviteResponse): void;
  /**
   * Makes a new leg a part of an older one: its INVITE gets the same responses, and its CANCEL is
   * its own, until it is the last one. False: it can be joined no more, and nothing has changed.
   */
  join(leg: LegId, older: LegId): boolean;
  /** How `invite` would send it now. */
  departure(invite: OutgoingInvite): Departure;
  invite(invite: OutgoingInvite): void;
  /** Gives up leg b; on the wire only after its first provisional response. [3261-9.1] */
  cancel(leg: LegId, headers: readonly Header[]): void;
  /** Sends the ACK of a 2xx on leg b, and again whenever that 2xx comes again. [3261-13.2.2.4] */
  acknowledge(leg: LegId, tag: Tag, content: Content): void;
  /** Sends BYE in the dialog that the tag names: ours on leg a, the far end's on leg b. */
  hangUp(leg: LegId, tag: Tag, headers: readonly Header[]): void;
  /** Sends a request in the dialog that the tag names as in `hangUp`; `replied` tells of it. */
  ask(leg: LegId, tag: Tag, request: OutgoingDialogRequest): void;
  /** Takes back a re-INVITE of ours, on the wire after its first provisional. [3261-9.1] */
  retract(leg: LegId, request: RequestId, headers: readonly Header[]): void;
  /** Answers a request within a dialog; a 2xx to a re-INVITE is repeated until its ACK. */
  reply(leg: LegId, request: RequestId, reply: DialogReply): void;
  /** Sends the ACK of a 2xx to a re-INVITE of ours, and again whenever that 2xx comes again. */
  confirm(leg: LegId, request: RequestId, content: Content): void;
  /** The leg of a dialog that is up, and its name as in `hangUp`. Undefined: there is none. */
  find(dialog: DialogId): { readonly leg: LegId; readonly tag: Tag } | undefined;
  /** What a dialog is on the wire, and where its far end is. Undefined: that cannot be told. */
  identify(leg: LegId, tag: Tag): (DialogId & { readonly target: UriText }) | undefined;
  /** Asks a gateway whether it lives; the outcome comes once, unless the engine is closed first. */
  probe(probe: Probe, onOutcome: (outcome: ProbeOutcome) => void): void;
  /** Sends a MESSAGE outside of every dialog; the answer lets go of it before its outcome. */
  sendMessage(message: OutgoingMessage, onOutcome: (outcome: MessageOutcome) => void): () => void;
  /** Gives a MESSAGE that came its final answer, the same whenever it comes again. */
  conclude(message: StrayId, reply: MessageReply): void;
  /** Answers a stray; for an ACK it only lets go of it. */
  respond(stray: StrayId, status: number, reason: string, headers: readonly Header[]): void;
  /** Forgets a new call, or a stray, that somebody else answers; it is new when it comes again. */
  handOver(what: LegId | StrayId): void;
  /** Sends a response that another site has given to what came to this one. */
  sendBack(receivedOn: ReceivedOn, raw: Buffer): void;
  /** Sends a request of another site on a connection of this one; false: there is none. */
  sendOn(receivedOn: ReceivedOn, raw: Buffer): boolean;
  /** Takes what another site has received as if it had come here. */
  takeRelayed(message: RelayedMessage): void;
  /** Closes the sockets; legs that are still up are forgotten. */
  close(): Promise<void>;
}
