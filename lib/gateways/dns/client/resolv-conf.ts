import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Address } from '../../../sip/address.ts';

const DNS_PORT = 53;
/** As many as the C library takes. */
const SERVERS_MAX = 3;
const LOCAL: Address = { address: '127.0.0.1', port: DNS_PORT };

/** The servers that the system asks: what resolv.conf(5) names, else one on this host. */
export function systemServers(path = '/etc/resolv.conf'): readonly Address[] {
  try {
    return serversIn(readFileSync(path, 'utf8'));
  } catch {
    // A host without the file asks itself, as the C library does.
    return [LOCAL];
  }
}

export function serversIn(text: string): readonly Address[] {
  const servers = text.split('\n').flatMap((line): Address[] => {
    const [word, address = ''] = line.trim().split(/\s+/);
    const [literal = ''] = address.split('%');
    return word === 'nameserver' && isIP(literal) !== 0 ? [{ address, port: DNS_PORT }] : [];
  });
  return servers.length === 0 ? [LOCAL] : servers.slice(0, SERVERS_MAX);
}
