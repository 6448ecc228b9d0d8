import type { Alarm } from '../../base/time.ts';
import type { LegId, RequestId, SipCallId, Tag } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import type { ServerLink, SipPlace } from './server-link.ts';
import type { SrfAck, SrfReply, SrfSent } from './srf.ts';

/** A call that a drachtio-server makes for us. */
export type Leg = {
  readonly id: LegId;
  readonly link: ServerLink;
  /** Where the server speaks to this gateway from. */
  readonly place: SipPlace;
  readonly callId: SipCallId;
  /** Ours, the From-tag. */
  readonly tag: Tag;
  phase: Phase;
  dialog: Dialog | undefined;
};

export type Phase =
  /** Nothing final has come; `sent` is absent until the server has taken the INVITE. */
  | {
      readonly tag: 'calling';
      readonly sent: SrfSent | undefined;
    }
  /** The final response is owed until the alarm. */
  | {
      readonly tag: 'cancelling';
      readonly alarm: Alarm;
      /** Headers of a CANCEL that waits until the INVITE is taken. */
      readonly held: readonly Header[] | undefined;
      /** The server has the CANCEL: it hangs up by itself what is answered from now on. */
      readonly isTaken: boolean;
    }
  | { readonly tag: 'final' };

export type Dialog = {
  /** Theirs, the To-tag of the 2xx. */
  readonly tag: Tag;
  /** Sends the ACK of the first 2xx; absent when it has been sent. */
  ack: SrfAck | undefined;
  /** A re-INVITE of ours, until the ACK of its 2xx. */
  ours: OurInvite | undefined;
  /** A re-INVITE of theirs, until the ACK of our 2xx. */
  theirs: TheirInvite | undefined;
  /** Orders that wait until a re-INVITE of ours is over. */
  readonly waiting: (() => void)[];
  /** Requests of theirs that the node owes an answer. */
  readonly owed: Map<RequestId, Owed>;
  /** The number of their last request; none has come: undefined. */
  theirSeq: number | undefined;
};

export type OurInvite = {
  readonly request: RequestId;
  /** Until then it may be worked on. */
  readonly alarm: Alarm;
  ack: SrfAck | undefined;
};

export type TheirInvite = { readonly request: RequestId; alarm: Alarm | undefined };

export type Owed = { readonly method: string; readonly reply: SrfReply };

/** As drachtio-server names a dialog. */
export function dialogId({ callId, tag }: Pick<Leg, 'callId' | 'tag'>): string {
  return `${callId};from-tag=${tag}`;
}
