import { connect } from 'node:net';
import type { Address } from '../../lib/sip/address.ts';

/** Whether somebody takes connections there. */
export function isTcpOpen({ address: host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
