import type { SipResponse } from '../../sip/message.ts';
import type { OurInvite } from './exchange.ts';
import type { LegB } from './legs.ts';

/** An INVITE of ours: the one that made a leg, or one within a dialog. */
export type Inviter = LegB | OurInvite;

/** What came of a request other than INVITE. */
export type Outcome = SipResponse | 'timeout' | 'transport';

/** Who made a request other than INVITE. */
export type RequestUser = {
  /** A final response, or none. */
  onOutcome(outcome: Outcome): void;
  /** What is done when nothing at all has been heard for a while. */
  readonly silence: { readonly afterMs: number; readonly run: () => void } | undefined;
};

/** Who made the INVITEs. */
export type InviteUser = {
  onResponse(leg: Inviter, response: SipResponse): void;
  onFailure(leg: Inviter, cause: 'timeout' | 'transport'): void;
  /** No response is expected any more. */
  onTerminated(leg: Inviter): void;
};
