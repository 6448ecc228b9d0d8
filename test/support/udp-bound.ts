import { readFileSync } from 'node:fs';
import { type Address, familyOf, writeAddress } from '../../lib/sip/address.ts';
import type { Resident } from './child.ts';
import { until } from './until.ts';

/** Whether any process of a network has this address and port open for UDP. */
export function isUdpBound(local: Address, at?: Resident): boolean {
  return isBound(local, 'udp', at);
}

function isBound({ address, port }: Address, protocol: 'udp' | 'tcp', at?: Resident): boolean {
  const local = `${wordsOf(address)}:${[port >> 8, port & 0xff].map(hex).join('')}`;
  const table = familyOf(address) === 6 ? `${protocol}6` : protocol;
  // Each line is `slot: local remote ...`; a socket that is connected there is not one at it.
  return readFileSync(`/proc/${at?.pid ?? 'self'}/net/${table}`, 'latin1').includes(`: ${local} `);
}

/** As the kernel writes an address: each four bytes from behind. */
function wordsOf(address: string): string {
  if (familyOf(address) === 4) return address.split('.').reverse().map(Number).map(hex).join('');
  const [head = '', tail = ''] = address.split('::');
  const read = (text: string) => text.split(':').filter((group) => group !== '');
  const missing = '0'.repeat(4 * (8 - read(head).length - read(tail).length));
  const padded = (text: string) =>
    read(text)
      .map((group) => group.padStart(4, '0'))
      .join('');
  const digits = `${padded(head)}${missing}${padded(tail)}`.toUpperCase();
  return digits.replace(/(..)(..)(..)(..)/g, '$4$3$2$1');
}

const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');

export async function untilUdpBound(
  local: Address,
  isOver: () => boolean,
  at?: Resident,
): Promise<void> {
  await until(`a socket at ${writeAddress(local)}`, () => isUdpBound(local, at) || isOver());
}

export async function untilTcpBound(local: Address, isOver: () => boolean): Promise<void> {
  const isThere = () => isBound(local, 'tcp') || isOver();
  await until(`a listener at ${writeAddress(local)}`, isThere);
}
