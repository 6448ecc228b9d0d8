import type { MonoMs, Octets } from '../base/brands.ts';
import type { RequestId, Tag } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import type { Target } from './facts.ts';
import type { DialogName } from './state.ts';

type Content = { readonly headers: readonly Header[]; readonly body: Octets };

/** A request within a dialog. */
type Within = { readonly dialog: DialogName; readonly request: RequestId };

/** Which of the site's addresses a message of the caller came to; neither: it is a gateway. */
export type Door = 'anycast' | 'unicast' | 'gateway';

export type TimerName =
  | 'first-response'
  | 'progress'
  | 'ring'
  | 'last-answer'
  | 'glare'
  | 'announcement';

export type CallEvent = { readonly at: MonoMs } & (
  | (Content & { readonly on: 'a-cancelled' })
  | (Content & { readonly on: 'a-acknowledged'; readonly door: Door })
  | { readonly on: 'a-unacknowledged' }
  | (Content & { readonly on: 'a-hung-up'; readonly door: Door })
  /** The far end does not keep the session alive: 408, or 481 where it knows none. [4028-10] */
  | { readonly on: 'a-expired'; readonly status: number }
  | { readonly on: 'a-declined'; readonly door: Door }
  | { readonly on: 'b-trying'; readonly attempt: number }
  | (Content & {
      readonly on: 'b-ringing';
      readonly attempt: number;
      readonly status: number;
      readonly reason: string;
      readonly tag: Tag | undefined;
      /** What it says of the session is an offer, and its answer goes in PRACK. */
      readonly isOffer?: boolean;
    })
  | (Content & {
      readonly on: 'b-answered';
      readonly attempt: number;
      readonly status: number;
      readonly reason: string;
      readonly tag: Tag;
    })
  | (Content & {
      readonly on: 'b-refused';
      readonly attempt: number;
      readonly status: number;
      readonly reason: string;
      readonly cause: 'response' | 'timeout' | 'transport';
      /** Where a 3xx leads to, the best first. Absent: it is not to be followed. */
      readonly redirects?: readonly Target[] | undefined;
    })
  | (Content & { readonly on: 'b-hung-up'; readonly attempt: number; readonly tag: Tag })
  /** As on leg a. */
  | {
      readonly on: 'b-expired';
      readonly attempt: number;
      readonly tag: Tag;
      readonly status: number;
    }
  /** What carried the leg is gone. */
  | { readonly on: 'b-lost'; readonly attempt: number; readonly tag: Tag }
  | { readonly on: 'b-declined'; readonly attempt: number }
  | (Content &
      Within & {
        readonly on: 'asked';
        readonly method: string;
        readonly maxForwards: number;
        /** Absent on leg b. */
        readonly door: Door | undefined;
        /** Where a REFER leads that is to be carried out here. Absent: to no gateway. */
        readonly leadsTo?: Target | undefined;
      })
  /** The INVITE of a gateway wants the place of one that talks. [3891-3] */
  | (Content & {
      readonly on: 'b-joins';
      readonly attempt: number;
      readonly tag: Tag;
      readonly from: Pick<Target, 'gateway' | 'address'>;
      readonly replaces: { readonly attempt: number; readonly tag: Tag };
      /** Only if that one has not answered yet. */
      readonly isEarlyOnly: boolean;
    })
  /** Who asked takes its re-INVITE back. */
  | (Within & { readonly on: 'retracted'; readonly headers: readonly Header[] })
  | (Content &
      Within & { readonly on: 'replied'; readonly status: number; readonly reason: string })
  /** The ACK of our 2xx to a re-INVITE. */
  | (Content & Within & { readonly on: 'confirmed' })
  | (Within & { readonly on: 'unconfirmed' })
  /** The caller's offer could not be anchored, and the call is not to go on without. */
  | { readonly on: 'media-failed'; readonly attempt: number; readonly reason: string }
  /** The caller can be spoken to: by this answer to its offer it hears what was ordered. */
  | { readonly on: 'announced'; readonly sdp: Octets }
  /** All was said, or nothing could be. */
  | { readonly on: 'announcement-over' }
  | { readonly on: 'timer'; readonly name: TimerName }
  /** Another site has the same call, and has got further. */
  | { readonly on: 'yielded' }
  | { readonly on: 'shutdown' }
);

export type EventOf<Name extends CallEvent['on']> = Extract<CallEvent, { readonly on: Name }>;
