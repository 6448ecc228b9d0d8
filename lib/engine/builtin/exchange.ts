import type { Alarm } from '../../base/time.ts';
import type { OutgoingDialogRequest } from '../../ports/sip-engine.ts';
import type { RequestId, UriText } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import type { AnyDialog, Flow, Repeat, SentAck } from './legs.ts';
import type { SentInvite } from './proto/compose.ts';
import type { SessionWanted } from './proto/session-timer.ts';
import type { ServerTransaction } from './server-transactions.ts';

/** What is open in a dialog beyond the INVITE that made it. */
export type Exchange = {
  /** Requests of the far end that the node owes an answer. */
  readonly owed: Map<RequestId, Owed>;
  /** The far end's re-INVITE, until it is refused or its ACK has come. */
  theirs: TheirInvite | undefined;
  /** Our last re-INVITE. */
  ours: OurInvite | undefined;
  /** All of ours that may still be answered, the oldest first. */
  readonly tries: Set<OurInvite>;
};

export type Owed = {
  readonly transaction: ServerTransaction;
  readonly method: string;
  readonly number: number;
  /** Becomes the dialog's target with a 2xx. [3261-12.2.2] */
  readonly target: UriText | undefined;
  readonly session: SessionWanted | undefined;
};

export type TheirInvite = {
  readonly request: RequestId;
  readonly number: number;
  state:
    | { readonly tag: 'owed' }
    /** Our 2xx was sent and is repeated. */
    | { readonly tag: 'answered'; readonly repeat: Repeat; readonly alarm: Alarm };
};

export type OurInvite = {
  readonly side: 'within';
  readonly entry: AnyDialog;
  readonly request: RequestId;
  readonly clientKey: string;
  readonly flow: Flow;
  /** Whether another way than the best one was taken. */
  readonly isDetour: boolean;
  /** How often it has gone, where its session interval was found too small before. */
  readonly tries: number;
  readonly invite: SentInvite;
  /** What it was made from. */
  readonly order: OutgoingDialogRequest;
  state: OurInviteState;
};

export type OurInviteState =
  /** Nothing has come. An alarm tries the next way; headers are for a CANCEL that waits. */
  | {
      readonly tag: 'calling';
      readonly alarm: Alarm | undefined;
      readonly cancel: readonly Header[] | undefined;
    }
  /** A provisional has come; the alarm bounds how long the answer may take. */
  | { readonly tag: 'proceeding'; readonly alarm: Alarm }
  /** CANCEL was sent; the final response is owed until the alarm. */
  | { readonly tag: 'cancelling'; readonly alarm: Alarm }
  /** A 2xx has come, the node has not said yet what its ACK is to carry. */
  | { readonly tag: 'answered' }
  | { readonly tag: 'over'; readonly ack: SentAck | undefined };

export function exchangeOf(entry: AnyDialog): Exchange {
  entry.exchange ??= { owed: new Map(), theirs: undefined, ours: undefined, tries: new Set() };
  return entry.exchange;
}

/** A dialog of one leg, by what is open in it. */
export function dialogWith(
  dialogs: readonly AnyDialog[],
  isIt: (exchange: Exchange) => boolean,
): AnyDialog | undefined {
  return dialogs.find(({ exchange }) => exchange !== undefined && isIt(exchange));
}
