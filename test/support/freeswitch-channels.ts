import { connect } from 'node:net';
import type { Address } from '../../lib/sip/address.ts';

/** How many channels a FreeSWITCH has, by its own word. */
export function channelsAt({ address: host, port }: Address, secret: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect({ host, port });
    socket.on('error', reject);
    socket.on('connect', () => socket.write(`auth ${secret}\n\napi show channels count\n\n`));
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('utf8');
      const count = /(\d+) total\./.exec(heard)?.[1];
      if (count === undefined) return;
      socket.destroy();
      resolve(Number(count));
    });
  });
}
