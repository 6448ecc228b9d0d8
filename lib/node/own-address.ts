import type { Listener } from '../ports/sip-engine.ts';
import { type Address, sameAddress } from '../sip/address.ts';

/** Whether a call sent there would come back into this site: A and U by address, whatever port. */
export function ownAddress(listeners: readonly Listener[]): (address: Address) => boolean {
  const callerSide = listeners.filter(({ role }) => role !== 'gateway');
  const hosts = new Set(
    callerSide.flatMap(({ address, advertise = address }) => [address, advertise]),
  );
  const gatewaySide = listeners.filter(({ role }) => role === 'gateway');
  return (there) => hosts.has(there.address) || gatewaySide.some((own) => sameAddress(own, there));
}
