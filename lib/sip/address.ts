/** Where a datagram comes from or goes to: an IP literal and a port. */
export type Address = { readonly address: string; readonly port: number };

export type Transport = 'udp' | 'tcp' | 'tls';

export function sameAddress(one: Address, other: Address): boolean {
  return one.address === other.address && one.port === other.port;
}

/** `address:port`, an IPv6 literal in brackets. */
export function writeAddress({ address, port }: Address): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
