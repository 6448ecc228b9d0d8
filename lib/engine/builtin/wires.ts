import { BoundedMap } from '../../base/bounded-map.ts';
import { never } from '../../base/never.ts';
import type { Listener, Listening, RelayedMessage } from '../../ports/sip-engine.ts';
import { type Address, sameAddress } from '../../sip/address.ts';
import { header } from '../../sip/header-names.ts';
import type { Branch, UriText } from '../../sip/ids.ts';
import type { Header } from '../../sip/message.ts';
import { parseUri } from '../../sip/uri.ts';
import { writeVia } from '../../sip/via.ts';
import type { ConnectionEars } from './connection-ears.ts';
import type { Connections } from './connections.ts';
import type { Datagrams } from './datagrams.ts';
import type { Far } from './far.ts';
import { type Framed, isResponse } from './proto/framing.ts';
import type { Carriage } from './proto/machine.ts';

const PORT_DEFAULT = 5060;
const PLACES_MAX = 100;

/** A listener and its socket: what came in on it is answered from it. */
export type Wire = { readonly listener: Listener; readonly socket: WireSocket };

export type WireSocket = {
  /** Never throws; what cannot be sent is told. */
  send(bytes: Buffer, to: Far): void;
  close(): Promise<void>;
};

/** Sees each message as it comes or goes, for captures and ladders. */
export type Tap = (
  direction: 'in' | 'out',
  listener: Listener,
  far: Address,
  bytes: Buffer,
) => void;

/** How another site sends for this one. */
type Ways = Pick<RelayedMessage, 'back' | 'through'>;

export type WireEars = {
  onMessage(wire: Wire, bytes: Buffer, from: Far): void;
  onBroken(wire: Wire, found: Extract<Framed, { what: 'broken' }>, from: Far): void;
  onSendFailure(bytes: Buffer): void;
};

type Opened =
  | { readonly kind: 'opened'; readonly socket: WireSocket }
  | { readonly kind: 'failed'; readonly why: string };

/** The open sockets. */
export class Wires {
  readonly #datagrams: Datagrams;
  /** Absent: streams are not carried here. */
  readonly #connections: Connections | undefined;
  readonly #tap: Tap | undefined;
  readonly #ears: WireEars;
  readonly #wires: Wire[] = [];
  readonly #listeners: Listener[] = [];
  /** By what stands behind the user in a Contact of ours. */
  readonly #behind = new BoundedMap<string, Wire>(PLACES_MAX);

  constructor(
    datagrams: Datagrams,
    connections: Connections | undefined,
    tap: Tap | undefined,
    ears: WireEars,
  ) {
    this.#datagrams = datagrams;
    this.#connections = connections;
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
    const ears: ConnectionEars = {
      onMessage: (bytes, from) => {
        if (wire === undefined) return;
        this.#tap?.('in', listener, from, bytes);
        this.#ears.onMessage(wire, bytes, from);
      },
      onBroken: (found, from) => {
        if (wire !== undefined) this.#ears.onBroken(wire, found, from);
      },
    };
    let wire: Wire | undefined;
    const opened = await this.#socketFor(listener, ears);
    if (opened.kind === 'failed') return opened.why;
    wire = { listener, socket: opened.socket };
    this.#wires.push(wire);
    this.#listeners.push(listener);
    return undefined;
  }

  async #socketFor(listener: Listener, ears: ConnectionEars): Promise<Opened> {
    const { address, port, transport } = listener;
    switch (transport) {
      case 'udp': {
        const bound = await this.#datagrams.bind(
          { address, port },
          {
            onDatagram: (bytes, from) => ears.onMessage(bytes, from),
            onSendFailure: (_to, _why, bytes) => this.#ears.onSendFailure(bytes),
          },
        );
        return bound.kind === 'failed' ? bound : { kind: 'opened', socket: bound.socket };
      }
      case 'tcp':
      case 'tls': {
        const connections = this.#connections;
        if (connections === undefined) return { kind: 'failed', why: 'there are no streams here' };
        const bound = await connections.listen(listener, ears);
        if (bound.kind === 'failed') return bound;
        const send = (bytes: Buffer, to: Far) => connections.send(listener, bytes, to, ears);
        return { kind: 'opened', socket: { send, close: () => bound.close() } };
      }
      default:
        return never(transport);
    }
  }

  /** The wire of a listener; a listener that was never opened is a bug. */
  of(listener: Listener): Wire {
    const { address, port, transport } = listener;
    const found = this.#wires.find(
      ({ listener: open }) => sameAddress(open, listener) && open.transport === transport,
    );
    if (found === undefined) throw new Error(`${transport} ${address}:${port} is not open`);
    return found;
  }

  /** The wire that a Contact of ours points at; undefined where it points at none of them. */
  behind(contact: UriText): Wire | undefined {
    const place = contact.slice(contact.lastIndexOf('@') + 1);
    const known = this.#behind.get(place);
    if (known !== undefined) return known;
    const found = this.#search(contact);
    if (found !== undefined) this.#behind.set(place, found);
    return found;
  }

  #search(contact: UriText): Wire | undefined {
    const uri = parseUri(contact);
    if (uri.kind !== 'sip') return undefined;
    const { host, port = PORT_DEFAULT, scheme, params } = uri;
    const written = params.find(({ name }) => name === 'transport')?.value ?? 'udp';
    const transport = scheme === 'sips' ? 'tls' : written;
    return this.#wires.find(
      ({ listener }) =>
        listener.port === port &&
        listener.transport === transport &&
        (listener.advertise ?? listener.address).toLowerCase() === host,
    );
  }

  /**
   * The wire of what another site has received: responses go back by that site while they can, and
   * what needs its connection does; all else leaves from here.
   */
  relayed(listener: Listener, source: Address, { back, through }: Ways): Wire {
    const own = this.of(listener).socket;
    const send = (bytes: Buffer, to: Far) => {
      if (isResponse(bytes) && back(bytes)) return;
      const isThere = isResponse(bytes) || sameAddress(to, source);
      if (through === undefined || !isThere) own.send(bytes, to);
      else {
        void through(bytes).then((isSent) => {
          if (!isSent) this.#ears.onSendFailure(bytes);
        });
      }
    };
    return { listener, socket: { send, close: () => Promise.resolve() } };
  }

  /** One that the far end has opened; undefined: there is none. */
  connectionOf({ listener }: Wire, far: Address): number | undefined {
    return this.#connections?.from(listener, far);
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  send({ listener, socket }: Wire, bytes: Buffer, to: Far): void {
    this.#tap?.('out', listener, to, bytes);
    socket.send(bytes, to);
  }

  async close(): Promise<void> {
    this.#listeners.length = 0;
    this.#behind.clear();
    this.#connections?.close();
    await Promise.all(this.#wires.splice(0).map(({ socket }) => socket.close()));
  }
}

/** Whether the transport itself sees to it that a message arrives. */
export function carriageOf({ wire }: { readonly wire: Wire }): Carriage {
  return wire.listener.transport === 'udp' ? 'unreliable' : 'reliable';
}

/** The Via of a request of ours: answers come to where it left from. [3261-18.1.1] [3581-3] */
export function ownVia({ listener }: Wire, branch: Branch): Header {
  const { address, advertise, port, transport } = listener;
  return header(
    'Via',
    writeVia({ transport, host: advertise ?? address, port, branch, rport: true }),
  );
}
