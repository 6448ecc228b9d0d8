import type { Listener } from '../../ports/sip-engine.ts';
import { type Address, type Place, writeAddress } from '../../sip/address.ts';
import type { Via } from '../../sip/message.ts';
import { responseAddress } from '../../sip/via.ts';

/** Where a message comes from or goes to. */
export type Far = Place & {
  /** The connection it came on, and goes back on while it is open. Absent: none is meant. */
  readonly connection?: number | undefined;
  /** Whom the far end of that connection is certified as. Absent: nobody has said. */
  readonly certified?: readonly string[] | undefined;
  /** Where a new connection goes once that one is gone; absent: nowhere. */
  readonly otherwise?: Address | undefined;
};

/**
 * Where the responses to a request go. On a stream that is the connection it came on, and if that
 * is gone the port of the Via; `rport` is for datagrams. [3261-18.2.2] [3581-4]
 */
export function answerWay(via: Via, source: Far): Far {
  if (source.connection === undefined) return responseAddress(via, source);
  return { ...source, otherwise: responseAddress({ ...via, rport: undefined }, source) };
}

/** Where a new connection for a message would go; undefined: it may only use the old one. */
export function newWay(to: Far): Place | undefined {
  return to.connection === undefined ? to : to.otherwise;
}

/** The name of all that goes from one listener to one address. */
export function wayName(from: Listener, to: Address): string {
  return `${writeAddress(from)}>${writeAddress(to)}`;
}
