import { type Address, sameAddress } from '../../lib/sip/address.ts';
import { A, B, U } from '../support/virtual-site.ts';

/** The addresses of all sites that serve one A: toward callers, and toward gateways. */
export type Doors = {
  readonly anycast: Address;
  readonly unicast: readonly Address[];
  readonly inside: readonly Address[];
};

export const ONE_SITE: Doors = { anycast: A, unicast: [U], inside: [B] };

export function isDoor(doors: Doors, address: Address): boolean {
  return isOutside(doors, address) || isInside(doors, address);
}

export function isInside({ inside }: Doors, address: Address): boolean {
  return inside.some((own) => sameAddress(own, address));
}

function isOutside({ anycast, unicast }: Doors, address: Address): boolean {
  return sameAddress(anycast, address) || unicast.some((own) => sameAddress(own, address));
}
