import { hostAddress } from './host-address.ts';

/** Whom a certificate names, by its subjectAltName. Lower case. */
export type Certified = {
  /** The domains of its SIP URIs without a user; where there are some, no other name counts. */
  readonly uris: readonly string[];
  readonly names: readonly string[];
  readonly addresses: readonly string[];
};

const ENTRY = /(DNS|URI|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** Reads what `node:tls` says of it, `DNS:a.example, URI:sip:a.example, IP Address:192.0.2.1`. */
export function certifiedIn(subjectAltName: string): Certified {
  const found = { uris: [] as string[], names: [] as string[], addresses: [] as string[] };
  for (const [, kind, written = ''] of subjectAltName.matchAll(ENTRY)) {
    const value = unquoted(written).toLowerCase();
    if (kind === 'DNS') found.names.push(value);
    if (kind === 'IP Address') found.addresses.push(hostAddress(value) ?? value);
    // A URI with a user names a person, not a domain. [5922-7.1]
    const [, domain] = /^sip:([^@;?/:]+)$/.exec(value) ?? [];
    if (kind === 'URI' && domain !== undefined) found.uris.push(domain);
  }
  return found;
}

/**
 * Whether the certificate is that of a domain, or of an address where none is known. A wildcard
 * matches nothing. [5922-7.1] [5922-7.2]
 */
export function isCertified({ uris, names, addresses }: Certified, wanted: string): boolean {
  const name = wanted.toLowerCase().replace(/\.$/, '');
  if (addresses.includes(hostAddress(name) ?? name)) return true;
  return uris.length > 0 ? uris.includes(name) : names.includes(name);
}

/** The names that can be asked for before a certificate is shown: no address can. [6066-3] */
export function askedByName({ uris, names }: Certified): readonly string[] {
  return [...uris, ...names];
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text.trim();
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}
