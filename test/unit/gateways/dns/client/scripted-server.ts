import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket as Stream } from 'node:net';
import { type DecodedPacket, decode, encode, type Packet } from 'dns-packet';
import type { Address } from '../../../../../lib/sip/address.ts';

export type Asked = DecodedPacket & { readonly from: number };

/** A name server on loopback that answers as a test says, on UDP and TCP at one port. */
export type ScriptedServer = {
  readonly at: Address;
  readonly overUdp: Asked[];
  readonly overTcp: Asked[];
  close(): Promise<void>;
};

/** Answers with what is returned: nothing, datagrams as they are, or changes of a right reply. */
export type Answering = (asked: Asked) => readonly (Buffer | Partial<Packet>)[];

export async function scriptedServer(
  byUdp: Answering,
  byTcp: Answering = () => [],
): Promise<ScriptedServer> {
  const { udp, tcp, port } = await bothAt();
  const overUdp: Asked[] = [];
  const overTcp: Asked[] = [];
  const streams = new Set<Stream>();
  udp.on('message', (bytes, { port: from }) => {
    const asked = { ...decode(bytes), from };
    overUdp.push(asked);
    for (const reply of byUdp(asked)) udp.send(bytesOf(reply, asked), from, '127.0.0.1');
  });
  tcp.on('connection', (stream) => {
    streams.add(stream);
    stream.on('error', () => undefined);
    stream.on('close', () => streams.delete(stream));
    stream.once('data', (chunk) => {
      const asked = { ...decode(chunk.subarray(2)), from: stream.remotePort ?? 0 };
      overTcp.push(asked);
      const replies = byTcp(asked);
      if (replies.length === 0) stream.destroy();
      for (const reply of replies) writeInPieces(stream, bytesOf(reply, asked));
    });
  });
  return {
    at: { address: '127.0.0.1', port },
    overUdp,
    overTcp,
    async close() {
      for (const stream of streams) stream.destroy();
      await Promise.all([
        new Promise<void>((done) => udp.close(() => done())),
        new Promise<void>((done) => tcp.close(() => done())),
      ]);
    },
  };
}

/** A right reply but for the changes. */
export function bytesOf(reply: Buffer | Partial<Packet>, { id = 0, questions }: Packet): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  return encode({ type: 'response', id, questions: questions ?? [], ...reply });
}

async function bothAt(): Promise<{ udp: Socket; tcp: Server; port: number }> {
  for (let tries = 0; tries < 20; tries += 1) {
    const udp = createSocket('udp4');
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const { port } = udp.address();
    const tcp = createServer();
    const outcome = await new Promise<'listening' | 'taken'>((done) => {
      tcp.once('error', () => done('taken'));
      tcp.listen(port, '127.0.0.1', () => done('listening'));
    });
    if (outcome === 'listening') return { udp, tcp, port };
    udp.close();
  }
  throw new Error('no port that is free for UDP and TCP');
}

/** The length, the first byte and the rest come one after the other. */
function writeInPieces(stream: Stream, message: Buffer): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  stream.setNoDelay(true);
  stream.write(length.subarray(0, 1), () =>
    stream.write(length.subarray(1), () =>
      stream.write(message.subarray(0, 1), () => stream.write(message.subarray(1))),
    ),
  );
}
