import type { Address, Place, Transport } from '../../sip/address.ts';

export type { Place } from '../../sip/address.ts';

/** One end of a connection, open or on its way to be. */
export interface StreamSocket {
  /** What was written and has not left. */
  readonly waitingBytes: number;
  /** Never throws. What is written before it is open leaves then. */
  write(bytes: Buffer): void;
  /** What was written still leaves, if the far end takes it soon; nothing is heard any more. */
  end(): void;
  /** Ends at once; nothing is heard any more. */
  cut(): void;
}

export type StreamEars = {
  /** Only of one that we open. */
  onOpen(): void;
  /** Of one that came in over TLS: whom its far end is certified as. Before the first bytes. */
  onCertified?(names: readonly string[]): void;
  onBytes(bytes: Buffer): void;
  /** The far end or the system has ended it, or it could not be opened. The last that is heard. */
  onClosed(): void;
};

export type StreamBound =
  | { readonly kind: 'bound'; close(): Promise<void> }
  | { readonly kind: 'failed'; readonly why: string };

/** Undefined: the connection is not wanted. */
export type Accept = (socket: StreamSocket, far: Address) => StreamEars | undefined;

/** Opens connections: on the real network, or on a simulated one. */
export interface Streams {
  listen(local: Address, accept: Accept): Promise<StreamBound>;
  /** Opens one from an address of ours, with any port. Never throws. */
  connect(local: string, far: Place, timeoutMs: number, ears: StreamEars): StreamSocket;
}

/** Absent: there are no connections of that transport here. */
export type StreamsBy = Readonly<Partial<Record<Transport, Streams | undefined>>>;
