/** What goes wrong; a test may change any of it at any time. */
export type Faults = {
  /** Speaks of no profile, whatever its name. */
  hasNoProfile: boolean;
  /** Turns every connection of the event socket away before it can say its secret. */
  turnsAway: boolean;
  /** Whether and when the event socket of a call that was answered connects. */
  outboundSocket: 'at-once' | 'never' | { readonly afterMs: number };
  /** What an INVITE that begins a call gets; `silence` is a 100 and no more. */
  invite: 'answer' | 'silence' | { readonly status: number };
};

export function noFaults(): Faults {
  return { hasNoProfile: false, turnsAway: false, outboundSocket: 'at-once', invite: 'answer' };
}
