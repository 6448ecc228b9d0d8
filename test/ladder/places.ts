import { type Address, sameAddress, writeAddress } from '../../lib/sip/address.ts';

/** Who lives where: A, U, B, caller, caller2, g1, g2, g3. */
export type Places = Readonly<Record<string, Address>>;

export function placeOf(name: string, places: Places): Address {
  const place = places[name];
  if (place === undefined) throw new Error(`nobody is called ${name}`);
  return place;
}

/** A connection is opened from any port, so where no place fits the host alone decides. */
export function nameOf(address: Address, places: Places): string {
  const all = Object.entries(places);
  const found =
    all.find(([, place]) => sameAddress(place, address)) ??
    all.find(([, place]) => place.address === address.address);
  return found?.[0] ?? writeAddress(address);
}
