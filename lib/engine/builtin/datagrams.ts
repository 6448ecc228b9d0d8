import type { Address } from '../../sip/address.ts';

/** A bound datagram socket. */
export interface DatagramSocket {
  /** Never throws; a datagram that cannot be sent goes to `onSendFailure`. */
  send(bytes: Buffer, to: Address): void;
  close(): Promise<void>;
}

export type DatagramEars = {
  onDatagram(bytes: Buffer, from: Address): void;
  /** The system refused to send `bytes` towards `to`: no route, message too long. */
  onSendFailure(to: Address, why: string, bytes: Buffer): void;
};

export type Bound =
  | { readonly kind: 'bound'; readonly socket: DatagramSocket }
  | { readonly kind: 'failed'; readonly why: string };

/** Opens sockets: on the real network, or on a simulated one. */
export interface Datagrams {
  bind(local: Address, ears: DatagramEars): Promise<Bound>;
}
