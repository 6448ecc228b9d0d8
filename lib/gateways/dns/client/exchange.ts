import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { Timers } from '../../../base/time.ts';
import type { NameFailure } from '../../../ports/name-service.ts';
import type { Address } from '../../../sip/address.ts';
import type { Reply } from './wire.ts';

/** One query to one server. */
export type Exchange = {
  readonly server: Address;
  readonly query: Buffer;
  /** Undefined: that is not the reply. */
  readonly read: (bytes: Buffer) => Reply | undefined;
  readonly withinMs: number;
  readonly timers: Timers;
  /** What ends each exchange under way, this one too, when nobody waits any more. */
  readonly underWay: Set<() => void>;
};

export type Exchanged =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly why: NameFailure };

/**
 * Each query has a socket of its own, so that the kernel chooses another port each time, and it is
 * connected, so that only that server is heard and its closed port is an error at once.
 */
export function overUdp(exchange: Exchange): Promise<Exchanged> {
  const { server, query, read } = exchange;
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  return settling(exchange, (settle) => {
    let isGarbled = false;
    socket.on('error', () => settle(failed('unreachable')));
    socket.on('message', (bytes) => {
      const reply = read(bytes);
      if (reply === undefined) isGarbled = true;
      else settle({ kind: 'reply', reply });
    });
    socket.on('connect', () => socket.send(query));
    socket.connect(server.port, server.address);
    return {
      onTimeout: () => failed(isGarbled ? 'garbled' : 'timeout'),
      close: () => socket.close(),
    };
  });
}

/** For what has no room in a datagram; each message has its length before it. [1035-4.2.2] */
export function overTcp(exchange: Exchange): Promise<Exchanged> {
  const { server, query, read } = exchange;
  const socket = connect({ port: server.port, host: server.address });
  return settling(exchange, (settle) => {
    let heard = Buffer.alloc(0);
    socket.on('error', () => settle(failed('unreachable')));
    socket.on('close', () => settle(failed('unreachable')));
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length < 2 || heard.length < 2 + heard.readUInt16BE(0)) return;
      const reply = read(heard.subarray(2, 2 + heard.readUInt16BE(0)));
      settle(reply === undefined ? failed('garbled') : { kind: 'reply', reply });
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
    return { onTimeout: () => failed('timeout'), close: () => socket.destroy() };
  });
}

const failed = (why: NameFailure): Exchanged => ({ kind: 'failed', why });

type Opened = { readonly onTimeout: () => Exchanged; readonly close: () => void };

/** Settles once: by what `open` hears, by time, or because nobody waits any more. */
function settling(
  { withinMs, timers, underWay }: Exchange,
  open: (settle: (exchanged: Exchanged) => void) => Opened,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    let isSettled = false;
    const settle = (exchanged: Exchanged) => {
      if (isSettled) return;
      isSettled = true;
      timers.clear(alarm);
      underWay.delete(end);
      opened.close();
      resolve(exchanged);
    };
    const opened = open(settle);
    const alarm = timers.set(withinMs, () => settle(opened.onTimeout()));
    const end = () => settle(failed('closed'));
    underWay.add(end);
  });
}
