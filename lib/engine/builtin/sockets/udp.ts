import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Address } from '../../../sip/address.ts';
import type { Bound, DatagramEars, DatagramSocket, Datagrams } from '../datagrams.ts';

/** Room for bursts: what does not fit while the process is busy is lost. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** UDP sockets of the system, each bound to one address, never to all of them. */
export function udpDatagrams(): Datagrams {
  return { bind };
}

function bind(local: Address, ears: DatagramEars): Promise<Bound> {
  const family = isIPv6(local.address) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    recvBufferSize: BUFFER_BYTES,
    sendBufferSize: BUFFER_BYTES,
    // Nothing but IP literals is ever sent to, so nothing is looked up.
    lookup: (host, _options, callback) => callback(null, host, family),
  });
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      socket.close();
      resolve({ kind: 'failed', why: error.message });
    });
    socket.bind({ address: local.address, port: local.port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve({ kind: 'bound', socket: opened(socket, ears) });
    });
  });
}

function opened(socket: Socket, ears: DatagramEars): DatagramSocket {
  socket.on('message', (bytes, { address, port }) => ears.onDatagram(bytes, { address, port }));
  // A failure to read concerns one datagram, and UDP may lose any.
  socket.on('error', () => undefined);
  let isOpen = true;
  return {
    send(bytes, to) {
      if (!isOpen) return;
      try {
        socket.send(bytes, to.port, to.address, (error) => {
          if (error !== null && !isPassing(error)) ears.onSendFailure(to, error.message, bytes);
        });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        ears.onSendFailure(to, why, bytes);
      }
    },
    close() {
      if (!isOpen) return Promise.resolve();
      isOpen = false;
      return new Promise((resolve) => {
        socket.close(() => resolve());
      });
    },
  };
}

/** A full queue is no reason to give up a gateway: the retransmission finds it empty. */
function isPassing(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOBUFS' || error.code === 'EAGAIN' || error.code === 'ECANCELED';
}
