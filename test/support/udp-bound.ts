import { readFileSync } from 'node:fs';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import type { Resident } from './child.ts';
import { until } from './until.ts';

/** Whether any process of a network has this IPv4 address and port open for UDP. */
export function isUdpBound(local: Address, at?: Resident): boolean {
  return isBound(local, 'udp', at);
}

function isBound({ address, port }: Address, protocol: 'udp' | 'tcp', at?: Resident): boolean {
  const bytes = address.split('.').reverse().map(Number);
  const wanted = [...bytes, port >> 8, port & 0xff].map(hex).join('');
  const local = `${wanted.slice(0, 8)}:${wanted.slice(8)}`;
  // Each line is `slot: local remote ...`; a socket that is connected there is not one at it.
  return readFileSync(`/proc/${at?.pid ?? 'self'}/net/${protocol}`, 'latin1').includes(
    `: ${local} `,
  );
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
