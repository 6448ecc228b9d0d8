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

/** The same by words, for a peer that is another process; false: they mean nothing. */
export function setFault(faults: Faults, name: string, value: string): boolean {
  const ms = /^after (\d+)$/.exec(value)?.[1];
  const status = /^[3-6]\d\d$/.exec(value)?.[0];
  switch (name) {
    case 'hasNoProfile':
      faults.hasNoProfile = value === 'true';
      return true;
    case 'turnsAway':
      faults.turnsAway = value === 'true';
      return true;
    case 'outboundSocket':
      if (value === 'at-once' || value === 'never') faults.outboundSocket = value;
      else if (ms !== undefined) faults.outboundSocket = { afterMs: Number(ms) };
      else return false;
      return true;
    case 'invite':
      if (value === 'answer' || value === 'silence') faults.invite = value;
      else if (status !== undefined) faults.invite = { status: Number(status) };
      else return false;
      return true;
    default:
      return false;
  }
}

export function noFaults(): Faults {
  return { hasNoProfile: false, turnsAway: false, outboundSocket: 'at-once', invite: 'answer' };
}
