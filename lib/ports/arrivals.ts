import type { Address, Transport } from '../sip/address.ts';

export type ListenerRole = 'anycast' | 'unicast' | 'gateway';

export type Listener = Address & {
  readonly transport: Transport;
  readonly role: ListenerRole;
  /** Stands in Contact and Via in place of the address; absent: the address itself. */
  readonly advertise: string | undefined;
  /** Every call that comes here is an emergency call. Absent: what is dialled decides. */
  readonly emergency?: boolean;
};

export type ReceivedOn = {
  readonly listener: Listener;
  readonly source: Address;
  /** Whom a certificate says that is. Absent: none was shown. */
  readonly certified?: readonly string[] | undefined;
  /** The other site that received it for this one. Absent: it came here. */
  readonly through?: string;
};

/** A message that another site has received for this one. */
export type RelayedMessage = {
  readonly raw: Buffer;
  /** The listener of this site that stands for the one where it came in. */
  readonly listener: Listener;
  readonly source: Address;
  /** The name of that site. */
  readonly from: string;
  /** Has the other site send a response to it; false: that cannot be reached. */
  readonly back: (raw: Buffer) => boolean;
  /**
   * Has it send anything on the connection that this came on; false: that is gone. Absent: it came
   * as a datagram, and what this site sends arrives as well.
   */
  readonly through?: ((raw: Buffer) => Promise<boolean>) | undefined;
};
