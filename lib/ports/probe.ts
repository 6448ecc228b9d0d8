import type { Place } from '../sip/address.ts';
import type { UriText } from '../sip/ids.ts';
import type { Listener } from './sip-engine.ts';

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
