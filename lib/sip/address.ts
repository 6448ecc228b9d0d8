/** Where a datagram comes from or goes to: an IP literal and a port. */
export type Address = { readonly address: string; readonly port: number };

/** An address to go to, and who is to be there. */
export type Place = Address & {
  /** The domain, or address, that its certificate must name. Absent: any will do. */
  readonly name?: string | undefined;
};

export type Transport = 'udp' | 'tcp' | 'tls';

/** The version of IP that a literal is of. */
export type Family = 4 | 6;

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** Where a URI names no port. [3261-19.1.2] */
export function defaultPort(transport: Transport): number {
  return transport === 'tls' ? 5061 : 5060;
}

export function sameAddress(one: Address, other: Address): boolean {
  return one.address === other.address && one.port === other.port;
}

/** `address:port`, an IPv6 literal in brackets. */
export function writeAddress({ address, port }: Address): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
