import type { Octets } from '../base/brands.ts';
import type { RequestId, Tag } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import type { TimerName } from './events.ts';
import type { Target } from './facts.ts';
import type { DialogName } from './state.ts';
import type { Termination } from './termination.ts';

type Says = {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Octets;
};

/** Orders of the core. They are carried out in order before the next event is taken. */
export type Effect =
  | {
      readonly do: 'invite-b';
      readonly attempt: number;
      readonly target: Target;
      /** In place of what the caller sent, where its media crosses the node. */
      readonly body?: Octets;
      /** The gateway is to make the offer. */
      readonly isOffered?: true;
    }
  | { readonly do: 'cancel-b'; readonly attempt: number; readonly headers: readonly Header[] }
  | {
      readonly do: 'ack-b';
      readonly attempt: number;
      readonly tag: Tag;
      readonly headers: readonly Header[];
      readonly body: Octets;
    }
  | {
      readonly do: 'bye-b';
      readonly attempt: number;
      readonly tag: Tag;
      readonly headers: readonly Header[];
    }
  | (Says & { readonly do: 'ring-a'; readonly fork: number })
  | (Says & { readonly do: 'answer-a'; readonly fork: number })
  | (Says & { readonly do: 'reject-a' })
  | { readonly do: 'bye-a'; readonly fork: number; readonly headers: readonly Header[] }
  /** Answers a gateway's INVITE that takes the place of another one's. */
  | {
      readonly do: 'accept-b';
      readonly attempt: number;
      readonly headers: readonly Header[];
      readonly body: Octets;
    }
  | { readonly do: 'reject-b'; readonly attempt: number; readonly status: number }
  /** Sends a request within a dialog. */
  | {
      readonly do: 'ask';
      readonly dialog: DialogName;
      readonly request: RequestId;
      readonly method: string;
      readonly maxForwards: number;
      readonly headers: readonly Header[];
      readonly body: Octets;
    }
  /** Takes back a re-INVITE that is not answered yet. */
  | {
      readonly do: 'retract';
      readonly dialog: DialogName;
      readonly request: RequestId;
      readonly headers: readonly Header[];
    }
  /** Answers one. */
  | (Says & { readonly do: 'reply'; readonly dialog: DialogName; readonly request: RequestId })
  /** The ACK of a 2xx to a re-INVITE of ours. */
  | {
      readonly do: 'confirm';
      readonly dialog: DialogName;
      readonly request: RequestId;
      readonly headers: readonly Header[];
      readonly body: Octets;
    }
  /** Speaks to the caller, in place of what it was told before. */
  | {
      readonly do: 'announce';
      /** Names a file where media servers look for it. */
      readonly prompt: string;
      /** Again and again, with ringing in between, until `hush`. */
      readonly isRepeated: boolean;
    }
  | { readonly do: 'hush' }
  /** The timer `glare`, drawn from the range that is for us. [3261-14.1] */
  | { readonly do: 'set-glare-timer'; readonly ownsCallId: boolean }
  /** A call has one timer; setting it again replaces the former. */
  | { readonly do: 'set-timer'; readonly name: TimerName; readonly delayMs: number }
  | { readonly do: 'clear-timer' }
  /** What a hunt has learnt about a gateway. */
  | {
      readonly do: 'note-gateway';
      readonly gateway: string;
      readonly outcome: 'alive' | 'silent' | 'unreachable' | 'refused';
      /** How long it wants rest. Absent: it does not say. */
      readonly restMs?: number | undefined;
    }
  /** The caller's end: the record is written. */
  | { readonly do: 'end'; readonly termination: Termination }
  /** An event that this state does not want. */
  | { readonly do: 'ignore'; readonly event: string; readonly state: string }
  /** Nothing is owed to or by anybody: the call can be forgotten. */
  | { readonly do: 'forget' };
