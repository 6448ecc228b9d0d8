import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { whyOf } from '../../lib/base/why-of.ts';
import type { Address } from '../../lib/sip/address.ts';

export type LocalAddress =
  | { readonly kind: 'found'; readonly local: Address }
  | { readonly kind: 'none'; readonly why: string };

/** The address from which this machine would send to `target`, and a port that is free there. */
export async function localAddressTowards(target: Address): Promise<LocalAddress> {
  const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4');
  try {
    await connected(socket, target);
    const { address, port } = socket.address();
    return { kind: 'found', local: { address, port } };
  } catch (error) {
    return { kind: 'none', why: whyOf(error) };
  } finally {
    socket.close();
  }
}

/** Connecting a UDP socket sends nothing: the system only chooses the way. */
function connected(socket: Socket, { address, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, () => resolve());
  });
}
