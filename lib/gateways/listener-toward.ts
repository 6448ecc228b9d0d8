import type { Listener } from '../ports/sip-engine.ts';
import { type Address, familyOf, type Transport } from '../sip/address.ts';

/** The first side of ours that speaks the transport, over the version of IP that gets there. */
export function listenerToward(
  { address }: Pick<Address, 'address'>,
  transport: Transport,
  listeners: readonly Listener[],
): Listener | undefined {
  const family = familyOf(address);
  return listeners.find((one) => one.transport === transport && familyOf(one.address) === family);
}

/** The same, but where that version of IP is not spoken, the first of the transport. */
export function listenerLike(
  place: Pick<Address, 'address'>,
  transport: Transport,
  listeners: readonly Listener[],
): Listener | undefined {
  return (
    listenerToward(place, transport, listeners) ??
    listeners.find((one) => one.transport === transport)
  );
}
