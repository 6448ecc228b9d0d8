import type { Address, Transport } from '../../sip/address.ts';

/** A place where a gateway can be asked: what all the looking up comes to. [3263-4] */
export type Hop = Address & { readonly transport: Transport };

/** Where the URI of a gateway leads, before anything is looked up. */
export type Destination = {
  /** Lower case: an IPv4 literal, or a name. */
  readonly host: string;
  /** Absent: what DNS says, else 5060. */
  readonly port: number | undefined;
  /** Absent: what DNS says, else udp. */
  readonly transport: Transport | undefined;
};

/**
 * How sure the hops of a destination are:
 * - `fixed`: written down as an address, nothing is looked up;
 * - `fresh`: DNS says so, and what it said has not expired;
 * - `stale`: DNS said so, and at the moment it does not answer;
 * - `gone`: DNS said so earlier, and says now that there is nothing;
 * - `unknown`: there are no hops, and never were.
 */
export type Standing = 'fixed' | 'fresh' | 'stale' | 'gone' | 'unknown';

export type Whereabouts = {
  readonly standing: Standing;
  /** In the order to try them; drawn anew at each look by the weights of SRV. */
  readonly hops: readonly Hop[];
};
