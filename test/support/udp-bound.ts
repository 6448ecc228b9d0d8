import { readFileSync } from 'node:fs';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { until } from './until.ts';

/** Whether any process has this IPv4 address and port open for UDP. */
export function isUdpBound(local: Address): boolean {
  return isBound(local, 'udp');
}

function isBound({ address, port }: Address, protocol: 'udp' | 'tcp'): boolean {
  const bytes = address.split('.').reverse().map(Number);
  const wanted = [...bytes, port >> 8, port & 0xff].map(hex).join('');
  const local = `${wanted.slice(0, 8)}:${wanted.slice(8)}`;
  return readFileSync(`/proc/net/${protocol}`, 'latin1').includes(` ${local} `);
}

const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');

export async function untilUdpBound(local: Address, isOver: () => boolean): Promise<void> {
  await until(`a socket at ${writeAddress(local)}`, () => isUdpBound(local) || isOver());
}

export async function untilTcpBound(local: Address, isOver: () => boolean): Promise<void> {
  const isThere = () => isBound(local, 'tcp') || isOver();
  await until(`a listener at ${writeAddress(local)}`, isThere);
}
