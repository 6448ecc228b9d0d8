import type { Place } from '../sip/address.ts';
import type { UriText } from '../sip/ids.ts';
import type { Content, Listener, OutgoingInvite } from './sip-engine.ts';

/** A question whether a gateway lives: OPTIONS, outside of every dialog. */
export type Probe = {
  /** The listener that it leaves from: of role `gateway`, or of `unicast` for one outside. */
  readonly listener: Listener;
  readonly nextHop: Place;
  readonly uri: UriText;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
};

export type ProbeOutcome =
  /** Any final response. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly afterMs: number;
      /** How long it wants rest, as its Retry-After says. [3261-20.33] */
      readonly restMs: number | undefined;
    }
  | { readonly kind: 'silent' }
  | { readonly kind: 'unsent'; readonly why: string };

/** A MESSAGE of ours outside of every dialog. */
export type OutgoingMessage = Omit<OutgoingInvite, 'leg' | 'contact' | 'large'> & {
  /** What it leaves from instead when it is too large for a datagram; absent: nothing else. */
  readonly large?: Listener | undefined;
  /** After so long without an answer it is told to be silent. */
  readonly silenceMs: number;
};

export type MessageOutcome =
  /** Any final response. */
  | (Content & { readonly kind: 'answered'; readonly status: number; readonly reason: string })
  /** No answer so far: one may still come, and is told then. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'failed'; readonly cause: 'timeout' | 'transport' };

/** Our final answer to a MESSAGE outside of every dialog. */
export type MessageReply = Content & { readonly status: number; readonly reason: string };
