import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Address, familyOf, writeAddress } from '../../lib/sip/address.ts';
import { until } from './until.ts';

export type Datagram = { readonly text: string; readonly from: Address };

/** A socket of a test that sends what it is told and keeps what arrives, one character a byte. */
export type UdpSink = {
  readonly local: Address;
  readonly received: Datagram[];
  send(bytes: Buffer | string, to: Address): void;
  /** Waits for a datagram that the question says yes to, also one that is here already. */
  next(what: string, isIt: (text: string) => boolean, withinMs?: number): Promise<Datagram>;
  close(): Promise<void>;
};

/** `onDatagram` may answer; what arrives is kept all the same. */
export async function openUdpSink(
  local: Address,
  onDatagram: (bytes: Buffer, from: Address) => void = () => undefined,
): Promise<UdpSink> {
  const socket = createSocket(`udp${familyOf(local.address)}`);
  const received: Datagram[] = [];
  socket.on('message', (bytes, { address, port }) => {
    received.push({ text: bytes.toString('latin1'), from: { address, port } });
    onDatagram(bytes, { address, port });
  });
  socket.on('error', () => undefined);
  await bound(socket, local);
  return {
    local,
    received,
    send(bytes, to) {
      const datagram = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
      socket.send(datagram, to.port, to.address);
    },
    next: (what, isIt, withinMs) =>
      until(
        `${what} at ${writeAddress(local)}`,
        () => received.find(({ text }) => isIt(text)),
        withinMs,
      ),
    async close() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

async function bound(socket: Socket, { address, port }: Address): Promise<void> {
  const listening = once(socket, 'listening');
  socket.bind(port, address);
  await listening;
}
