import type { Listener } from '../../../ports/sip-engine.ts';
import { type Address, defaultPort, familyOf, type Transport } from '../../../sip/address.ts';
import { hostAddress, sameHost } from '../../../sip/host-address.ts';
import { parseUri } from '../../../sip/uri.ts';
import { type Dialog, firstHop } from './dialog.ts';

/**
 * Where a request of ours on a gateway leg goes: without a usable hop, where the INVITE went. The
 * socket of the leg gets to its own version of IP alone.
 */
export function gatewayHop(
  dialog: Dialog,
  invited: Address,
  ours: readonly Listener[],
  transport: Transport = 'udp',
): Address {
  const hop = usableHop(dialog, ours, transport);
  return hop !== undefined && familyOf(hop.address) === familyOf(invited.address) ? hop : invited;
}

/**
 * The top route or the remote target where that is an address to go to by the leg's transport.
 * `maddr` is not obeyed, no name is looked up, and no hop is an address of ours: a request of the
 * node's must never come back to it.
 */
export function usableHop(
  dialog: Dialog,
  ours: readonly Listener[],
  transport: Transport,
): Address | undefined {
  const uri = parseUri(firstHop(dialog));
  if (uri.kind !== 'sip') return undefined;
  const written = uri.params.find(({ name }) => name === 'transport')?.value;
  const named = uri.scheme === 'sips' ? 'tls' : written?.toLowerCase();
  if (named !== undefined && named !== transport) return undefined;
  const address = hostAddress(uri.host);
  if (address === undefined) return undefined;
  const hop = { address, port: uri.port ?? defaultPort(transport) };
  return ours.some((listener) => isOurs(listener, hop)) ? undefined : hop;
}

/** On an anycast or unicast address every port counts as ours, on a gateway-side one its own. */
function isOurs({ address, advertise = address, port, role }: Listener, hop: Address): boolean {
  if (!sameHost(address, hop.address) && !sameHost(advertise, hop.address)) return false;
  return role !== 'gateway' || port === hop.port;
}
