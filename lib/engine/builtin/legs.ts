import type { MonoMs, Octets } from '../../base/brands.ts';
import type { Alarm } from '../../base/time.ts';
import type { InviteResponse, OutgoingInvite } from '../../ports/sip-engine.ts';
import type { Address } from '../../sip/address.ts';
import type { LegId, SipCallId, Tag, UriText } from '../../sip/ids.ts';
import type { Header, SipRequest } from '../../sip/message.ts';
import type { RAck } from '../../sip/rel100.ts';
import type { Errand } from './errand.ts';
import type { Exchange } from './exchange.ts';
import type { Far } from './far.ts';
import type { SentInvite } from './proto/compose.ts';
import type { Dialog } from './proto/dialog.ts';
import type { InviteServer } from './server-transactions.ts';
import type { SessionTimer } from './session-timer.ts';
import type { Wire } from './wires.ts';

/** Where a message leaves from and goes to. */
export type Flow = { readonly wire: Wire; readonly to: Far };

/** A call that came in: one INVITE of the far end. */
export type LegA = {
  readonly side: 'a';
  readonly id: LegId;
  /** The number of the INVITE, which its ACK repeats. */
  readonly number: number;
  phase: PhaseA;
  /** The wire of the INVITE, the last one to try. */
  readonly door: Wire;
  /** The way to the caller: where its last message in a dialog came from, and to. */
  flow: Flow;
  /** Whether the caller's router must be kept from forgetting it. */
  readonly isBehindNat: boolean;
  /** Whether it may send REFER, as its 2xx says. */
  mayTransfer: boolean | undefined;
  pinhole: Pinhole | undefined;
  readonly dialogs: DialogA[];
  /** After which it is told again that it rings. */
  ringing: Alarm | undefined;
  /** Its last 1xx or 2xx, as long as a further INVITE may ask for it. */
  said: Said | undefined;
  /** Absent: no provisional response of it is acknowledged. */
  reliable: Reliable | undefined;
  /** The 2xx on further INVITEs, until its ACK. */
  readonly copies: Copy[];
};

/** A response as the node ordered it, and its RSeq if it is reliable. [3262-7.1] */
export type Said = InviteResponse & { readonly rseq?: number };

/** Provisional responses that the caller acknowledges. [3262-3] */
export type Reliable = {
  /** The caller wants no other ones. */
  readonly isRequired: boolean;
  /** Of the last one. */
  rseq: number;
  /** The last one, until its PRACK. */
  unacked: { readonly said: Said; readonly alarm: Alarm } | undefined;
  /** What is said after that. */
  readonly waiting: InviteResponse[];
  /** A 2xx is among it, and waits no longer than this. */
  held: Alarm | undefined;
};

/** What keeps the caller's router from forgetting it. */
export type Pinhole = { readonly alarm: Alarm; readonly last: Errand | undefined };

export type PhaseA =
  | {
      readonly tag: 'pending';
      readonly invite: SipRequest;
      /** One for each INVITE of the call that came and has not been cancelled by itself. */
      readonly transactions: readonly InviteServer[];
    }
  /** The final response was given. */
  | { readonly tag: 'final' }
  /** Nothing is left of it but answers to late messages, until then. */
  | { readonly tag: 'over'; readonly until: MonoMs };

export type DialogA = {
  readonly side: 'a';
  readonly leg: LegA;
  readonly key: string;
  dialog: Dialog;
  state: DialogStateA;
  exchange: Exchange | undefined;
  session: SessionTimer | undefined;
};

export type DialogStateA =
  | { readonly tag: 'early' }
  /** Our 2xx was sent and is repeated. */
  | {
      readonly tag: 'answered';
      readonly repeat: Repeat;
      readonly alarm: Alarm;
      /** The node has hung up already: the BYE waits for the ACK. */
      readonly bye: readonly Header[] | undefined;
    }
  | { readonly tag: 'acknowledged' }
  /** No ACK has come in time. It may still come. */
  | { readonly tag: 'unacknowledged' }
  | { readonly tag: 'ended'; readonly by: EndedBy };

export type EndedBy = 'us' | 'them';

/** A message and the way it goes. */
export type Copy = { readonly bytes: Buffer; readonly flow: Flow };

/** The repetition of a 2xx. */
export type Repeat = Copy & {
  readonly intervalMs: number;
  readonly waitedMs: number;
};

/** A call that we make: one INVITE of ours. */
export type LegB = {
  readonly side: 'b';
  readonly id: LegId;
  readonly tag: Tag;
  readonly callId: SipCallId;
  /** Where the INVITE went. */
  readonly flow: Flow;
  /** Of the INVITE: its Request-URI, the value of its From, and the number of its CSeq. */
  readonly uri: UriText;
  readonly from: string;
  readonly number: number;
  /** What its CANCEL and the ACK of a refusal repeat; absent once there was a 2xx. */
  invite: SentInvite | undefined;
  /** Whether the gateway may send REFER. */
  readonly mayTransfer: boolean | undefined;
  /** It left the offer to the gateway. */
  readonly isOffered: boolean;
  readonly contact: UriText;
  /** The session interval that it asks for; 0: none. */
  readonly intervalSec: number;
  /** What it was made from, until its final response. */
  order: OutgoingInvite | undefined;
  readonly clientKey: string;
  phase: PhaseB;
  readonly dialogs: DialogB[];
};

export type PhaseB =
  /** Nothing has come; a CANCEL waits, if there are headers for one. */
  | { readonly tag: 'calling'; readonly cancel: readonly Header[] | undefined }
  | { readonly tag: 'proceeding' }
  /** CANCEL was sent; the final response is owed until the alarm. */
  | { readonly tag: 'cancelling'; readonly alarm: Alarm }
  | { readonly tag: 'final' }
  | { readonly tag: 'over'; readonly until: MonoMs };

export type DialogB = {
  readonly side: 'b';
  readonly leg: LegB;
  readonly key: string;
  dialog: Dialog;
  state: DialogStateB;
  exchange: Exchange | undefined;
  /** The last reliable provisional response in it; an offer is acknowledged by the node. */
  rack: RAck | undefined;
  session: SessionTimer | undefined;
};

export type DialogStateB =
  | { readonly tag: 'early' }
  /** A 2xx has come, the node has not said yet what its ACK is to carry. */
  | { readonly tag: 'answered' }
  /** The ACK is kept as long as the 2xx may come again. */
  | { readonly tag: 'acknowledged'; readonly ack: SentAck | undefined }
  | { readonly tag: 'ended'; readonly by: EndedBy; readonly ack: SentAck | undefined };

/** As text: a small buffer is part of a large one, which would stay in memory with it. */
export type SentAck = { readonly octets: Octets; readonly to: Address };

export type AnyDialog = DialogA | DialogB;

/** What the node calls a dialog of a leg by: the tag that its peer dialogs do not share. */
export function nameOf({ side, dialog }: AnyDialog): Tag {
  return side === 'a' ? dialog.localTag : dialog.remoteTag;
}

/** The dialog of that name; undefined: there is none. */
export function dialogNamed<Any extends AnyDialog>(
  dialogs: readonly Any[],
  name: string,
): Any | undefined {
  return dialogs.find((one) => nameOf(one) === name);
}

/** A dialog that never became more than early is over with the final response. [3261-12.3] */
export function isOver({ state, leg }: AnyDialog): boolean {
  if (state.tag === 'ended') return true;
  return state.tag === 'early' && (leg.phase.tag === 'final' || leg.phase.tag === 'over');
}
