import type { Datagrams } from '../../lib/engine/builtin/datagrams.ts';
import { openFraming } from '../../lib/engine/builtin/proto/framing.ts';
import type { StreamEars, StreamSocket, Streams } from '../../lib/engine/builtin/streams.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';

/** Where an actor goes out of doors: one UDP socket, or one TCP port and its connections. */
export type Door = {
  send(bytes: Buffer, to: Address): void;
  connect(to: Address): void;
  /** Ends the connection with that address without a word. */
  cut(to: Address): void;
  close(): Promise<void>;
};

export type DoorEars = {
  onMessage(bytes: Buffer, from: Address): void;
  /** Somebody has opened a connection to here. */
  onConnected(from: Address): void;
  /** The far end has ended one. */
  onEnded(from: Address): void;
};

const CONNECT_MS = 2000;

export async function openUdpDoor(
  datagrams: Datagrams,
  local: Address,
  ears: DoorEars,
): Promise<Door> {
  const bound = await datagrams.bind(local, {
    onDatagram: (bytes, from) => ears.onMessage(bytes, from),
    onSendFailure: () => undefined,
  });
  if (bound.kind === 'failed') throw new Error(`${writeAddress(local)}: ${bound.why}`);
  const { socket } = bound;
  const isNone = () => {
    throw new Error(`${writeAddress(local)} has no connections`);
  };
  return {
    send: (bytes, to) => socket.send(bytes, to),
    connect: isNone,
    cut: isNone,
    close: () => socket.close(),
  };
}

type Connection = { readonly far: Address; readonly socket: StreamSocket };

export async function openTcpDoor(streams: Streams, local: Address, ears: DoorEars): Promise<Door> {
  const connections = new Set<Connection>();
  const bound = await streams.listen(local, (socket, far) => {
    const connection = { far, socket };
    connections.add(connection);
    ears.onConnected(far);
    return earsOf(connection);
  });
  if (bound.kind === 'failed') throw new Error(`${writeAddress(local)}: ${bound.why}`);

  function earsOf(connection: Connection): StreamEars {
    const { far } = connection;
    const framing = openFraming();
    return {
      onOpen: () => undefined,
      onBytes(bytes) {
        // A ping is for who wants to know; these actors never say.
        for (const framed of framing.push(bytes)) {
          if (framed.what === 'message') ears.onMessage(framed.bytes, far);
        }
      },
      onClosed() {
        if (connections.delete(connection)) ears.onEnded(far);
      },
    };
  }

  /** The last one with that host: who opened it came from any port. */
  function toward(to: Address): Connection {
    const found = [...connections].findLast(({ far }) => far.address === to.address);
    if (found === undefined) {
      throw new Error(`${writeAddress(local)} has no connection with ${writeAddress(to)}`);
    }
    return found;
  }

  const cut = (connection: Connection) => {
    connections.delete(connection);
    connection.socket.cut();
  };
  return {
    send: (bytes, to) => toward(to).socket.write(bytes),
    connect(to) {
      const told: { ears?: StreamEars } = {};
      const socket = streams.connect(local.address, to, CONNECT_MS, {
        onOpen: () => told.ears?.onOpen(),
        onBytes: (bytes) => told.ears?.onBytes(bytes),
        onClosed: () => told.ears?.onClosed(),
      });
      const connection = { far: to, socket };
      connections.add(connection);
      told.ears = earsOf(connection);
    },
    cut: (to) => cut(toward(to)),
    async close() {
      for (const connection of connections) cut(connection);
      await bound.close();
    },
  };
}
