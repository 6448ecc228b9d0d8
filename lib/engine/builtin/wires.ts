import type { Listener, Listening } from '../../ports/sip-engine.ts';
import { type Address, sameAddress } from '../../sip/address.ts';
import { header } from '../../sip/header-names.ts';
import type { Branch, UriText } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { parseUri } from '../../sip/uri.ts';
import { writeVia } from '../../sip/via.ts';
import type { DatagramSocket, Datagrams } from './datagrams.ts';

const PORT_DEFAULT = 5060;

/** A listener and its socket: what came in on it is answered from it. */
export type Wire = { readonly listener: Listener; readonly socket: DatagramSocket };

/** Sees each datagram as it comes or goes, for captures and ladders. */
export type Tap = (
  direction: 'in' | 'out',
  listener: Listener,
  far: Address,
  bytes: Buffer,
) => void;

export type WireEars = {
  onDatagram(wire: Wire, bytes: Buffer, from: Address): void;
  onSendFailure(bytes: Buffer): void;
};

/** The open sockets. */
export class Wires {
  readonly #datagrams: Datagrams;
  readonly #tap: Tap | undefined;
  readonly #ears: WireEars;
  readonly #wires: Wire[] = [];
  readonly #listeners: Listener[] = [];

  constructor(datagrams: Datagrams, tap: Tap | undefined, ears: WireEars) {
    this.#datagrams = datagrams;
    this.#tap = tap;
    this.#ears = ears;
  }

  /** All of them, or none. */
  async open(listeners: readonly Listener[]): Promise<Listening> {
    for (const listener of listeners) {
      const why = await this.#openOne(listener);
      if (why === undefined) continue;
      await this.close();
      return { kind: 'failed', listener, why };
    }
    return { kind: 'listening' };
  }

  /** Undefined: it is open. */
  async #openOne(listener: Listener): Promise<string | undefined> {
    if (listener.transport !== 'udp') return `there is no ${listener.transport} here yet`;
    let wire: Wire | undefined;
    const { address, port } = listener;
    const bound = await this.#datagrams.bind(
      { address, port },
      {
        onDatagram: (bytes, from) => {
          if (wire === undefined) return;
          this.#tap?.('in', listener, from, bytes);
          this.#ears.onDatagram(wire, bytes, from);
        },
        onSendFailure: (_to, _why, bytes) => this.#ears.onSendFailure(bytes),
      },
    );
    if (bound.kind === 'failed') return bound.why;
    wire = { listener, socket: bound.socket };
    this.#wires.push(wire);
    this.#listeners.push(listener);
    return undefined;
  }

  /** The wire of a listener; a listener that was never opened is a bug. */
  of(listener: Listener): Wire {
    const found = this.#wires.find((wire) => sameAddress(wire.listener, listener));
    if (found === undefined) throw new Error(`${listener.address}:${listener.port} is not open`);
    return found;
  }

  /** The wire that a Contact of ours points at; undefined where it points at none of them. */
  behind(contact: UriText): Wire | undefined {
    const uri = parseUri(contact);
    if (uri.kind !== 'sip') return undefined;
    const { host, port = PORT_DEFAULT } = uri;
    return this.#wires.find(
      ({ listener }) =>
        listener.port === port && (listener.advertise ?? listener.address).toLowerCase() === host,
    );
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  send({ listener, socket }: Wire, bytes: Buffer, to: Address): void {
    this.#tap?.('out', listener, to, bytes);
    socket.send(bytes, to);
  }

  async close(): Promise<void> {
    this.#listeners.length = 0;
    await Promise.all(this.#wires.splice(0).map(({ socket }) => socket.close()));
  }
}

/** The Via of a request of ours: answers come to where it left from. [3261-18.1.1] [3581-3] */
export function ownVia({ listener }: Wire, branch: Branch): Header {
  const { address, advertise, port, transport } = listener;
  return header(
    'Via',
    writeVia({ transport, host: advertise ?? address, port, branch, rport: true }),
  );
}
