import { type Address, type Transport, writeAddress } from '../../sip/address.ts';

/** A place where a gateway can be asked: what all the looking up comes to. [3263-4] */
export type Hop = Address & { readonly transport: Transport };

/** Where the URI of a gateway leads, before anything is looked up. */
export type Destination = Situated &
  /** Written as an address: there is nothing to look up. */
  (
    | { readonly kind: 'address'; readonly hop: Hop }
    | {
        readonly kind: 'name';
        /** Lower case, and never completed with a search domain. */
        readonly host: string;
        /** Absent: what DNS says, else 5060. */
        readonly port: number | undefined;
        /** Absent: what DNS says, else udp. */
        readonly transport: Transport | undefined;
      }
  );

type Situated = {
  /** It is reached from U, as callers are. Absent: it is reached from the gateway side. */
  readonly isOutside?: true | undefined;
};

/**
 * How sure the hops of a destination are:
 * - `fixed`: written down as an address, nothing is looked up;
 * - `fresh`: DNS says so, and what it said has not expired;
 * - `stale`: DNS said so, and at the moment it does not answer;
 * - `gone`: DNS said so earlier, and says now that there is nothing;
 * - `unknown`: there are no hops.
 */
export type Standing = 'fixed' | 'fresh' | 'stale' | 'gone' | 'unknown';

export type Whereabouts = {
  readonly standing: Standing;
  /** In the order to try them; drawn anew at each look by the weights of SRV. */
  readonly hops: readonly Hop[];
};

/**
 * `udp:10.0.1.31:5060`, or as much of `tcp:psap.example:5070` as is written down; what is outside
 * begins with `outside `, since another way there is another place.
 */
export function writeDestination(destination: Destination): string {
  const side = destination.isOutside === true ? 'outside ' : '';
  if (destination.kind === 'address') return `${side}${writeHop(destination.hop)}`;
  const { host, port, transport } = destination;
  const before = transport === undefined ? '' : `${transport}:`;
  return `${side}${before}${host}${port === undefined ? '' : `:${port}`}`;
}

export function writeHop(hop: Hop): string {
  return `${hop.transport}:${writeAddress(hop)}`;
}
