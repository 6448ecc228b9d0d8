import { once } from 'node:events';
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { tcpStreams } from '../../../../../lib/engine/builtin/sockets/tcp.ts';
import type {
  Accept,
  StreamEars,
  StreamSocket,
} from '../../../../../lib/engine/builtin/streams.ts';
import { until } from '../../../../support/until.ts';

const NEAR = { address: '127.61.1.1', port: 5060 };
const FAR = { address: '127.61.1.2', port: 5070 };
const streams = tcpStreams();
const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Heard = { readonly ears: StreamEars; text: string; opened: number; closed: number };

function listener(): Heard {
  const heard: Heard = {
    text: '',
    opened: 0,
    closed: 0,
    ears: {
      onOpen: () => {
        heard.opened += 1;
      },
      onBytes: (bytes) => {
        heard.text += bytes.toString('latin1');
      },
      onClosed: () => {
        heard.closed += 1;
      },
    },
  };
  return heard;
}

async function listening(accept: Accept): Promise<void> {
  const bound = await streams.listen(NEAR, accept);
  if (bound.kind === 'failed') throw new Error(bound.why);
  open.push(() => bound.close());
}

async function somebody(onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onSocket);
  server.listen(FAR.port, FAR.address);
  await once(server, 'listening');
  open.push(() => server.close());
  return server;
}

async function caller(): Promise<Socket> {
  const socket = netConnect({ host: NEAR.address, port: NEAR.port, localAddress: FAR.address });
  socket.on('error', () => undefined);
  open.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('TCP of the system', () => {
  test('a connection that comes in is heard and answered', async () => {
    const heard = listener();
    let stream: StreamSocket | undefined;
    let from = '';
    await listening((socket, far) => {
      stream = socket;
      from = far.address;
      return heard.ears;
    });
    const socket = await caller();
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    socket.write('one');
    await until('the words', () => heard.text === 'one');
    expect(from).toBe(FAR.address);
    stream?.write(Buffer.from('two'));
    await until('the answer', () => answer === 'two');
    socket.destroy();
    await until('the end', () => heard.closed === 1);
    stream?.write(Buffer.from('nobody is there'));
    stream?.end();
    stream?.cut();
    expect(heard).toMatchObject({ opened: 0, closed: 1 });
  });

  test('one that is not wanted is closed', async () => {
    await listening(() => undefined);
    const socket = await caller();
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  test('what was written before the end still leaves, though more comes in', async () => {
    await listening((socket) => ({
      ...listener().ears,
      onBytes: () => {
        socket.write(Buffer.from('no'));
        socket.end();
      },
    }));
    const socket = await caller();
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    socket.write('x'.repeat(500_000));
    await once(socket, 'end');
    expect(answer).toBe('no');
    socket.destroy();
  });

  test('one that we open leaves from the address it is told', async () => {
    const heard = listener();
    const sources: (string | undefined)[] = [];
    await somebody((socket) => {
      sources.push(socket.remoteAddress);
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('error', () => undefined);
    });
    const stream = streams.connect(NEAR.address, FAR, 2000, heard.ears);
    stream.write(Buffer.from('early'));
    await until('the echo', () => heard.text === 'early');
    expect([sources, heard.opened]).toEqual([[NEAR.address], 1]);
    stream.cut();
    await turn();
    expect(heard.closed).toBe(0);
  });

  test('nobody there is the end of it, and nothing is thrown', async () => {
    const heard = listener();
    streams.connect(NEAR.address, { ...FAR, port: 5099 }, 2000, heard.ears).write(Buffer.from('a'));
    await until('the end', () => heard.closed === 1);
    const stranger = listener();
    streams.connect('192.0.2.1', FAR, 2000, stranger.ears);
    await until('the end of one from no address of ours', () => stranger.closed === 1);
    expect([heard.opened, stranger.opened]).toEqual([0, 0]);
  });

  test('an address that is taken, or not ours, is a failure in words', async () => {
    await listening(() => undefined);
    expect(await streams.listen(NEAR, () => undefined)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('EADDRINUSE'),
    });
    expect(await streams.listen({ ...NEAR, address: '192.0.2.1' }, () => undefined)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });

  test('what a reader does not take waits and is counted', async () => {
    const sockets: Socket[] = [];
    await somebody((socket) => {
      socket.pause();
      socket.on('error', () => undefined);
      sockets.push(socket);
    });
    const stream = streams.connect(NEAR.address, FAR, 2000, listener().ears);
    for (let count = 0; count < 200; count += 1) stream.write(Buffer.alloc(100_000));
    await until('the other end', () => sockets.length === 1);
    expect(stream.waitingBytes).toBeGreaterThan(1_000_000);
    stream.cut();
    sockets[0]?.destroy();
  });
});
