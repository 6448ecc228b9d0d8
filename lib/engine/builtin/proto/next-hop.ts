import type { Listener } from '../../../ports/sip-engine.ts';
import { type Address, defaultPort, type Transport } from '../../../sip/address.ts';
import { parseUri } from '../../../sip/uri.ts';
import { type Dialog, firstHop } from './dialog.ts';

/** Where a request of ours on a gateway leg goes: without a usable hop, where the INVITE went. */
export function gatewayHop(
  dialog: Dialog,
  invited: Address,
  ours: readonly Listener[],
  transport: Transport = 'udp',
): Address {
  return usableHop(dialog, ours, transport) ?? invited;
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
  const address = canonicalAddress(uri.host);
  if (address === undefined) return undefined;
  const hop = { address, port: uri.port ?? defaultPort(transport) };
  return ours.some((listener) => isOurs(listener, hop)) ? undefined : hop;
}

/** On an anycast or unicast address every port counts as ours, on a gateway-side one its own. */
function isOurs({ address, port, role }: Listener, hop: Address): boolean {
  const ours = address.includes(':') ? canonicalV6(address) : address;
  if (ours !== hop.address) return false;
  return role !== 'gateway' || port === hop.port;
}

/** One spelling for each address of one host; undefined for names and what is no host's. */
function canonicalAddress(host: string): string | undefined {
  return host.includes(':') ? canonicalV6(host) : canonicalV4(host);
}

function canonicalV4(host: string): string | undefined {
  if (!/^(?:\d{1,3}\.){3}\d{1,3}$/.test(host)) return undefined;
  const numbers = host.split('.').map(Number);
  const first = numbers[0] ?? 0;
  // Multicast and broadcast are above 223, "this network" is 0.
  if (numbers.some((number) => number > 255) || first === 0 || first > 223) return undefined;
  return numbers.join('.');
}

/** An IPv4 address in IPv6 clothes is refused: it would be another spelling of one of ours. */
function canonicalV6(host: string): string | undefined {
  const url = `http://[${host}]`;
  if (!URL.canParse(url)) return undefined;
  const address = new URL(url).hostname.slice(1, -1);
  const refused = address === '::' || address.startsWith('ff') || address.startsWith('::ffff:');
  return refused ? undefined : address;
}
