import { describe, expect, test } from '@jest/globals';
import type { DatagramEars, DatagramSocket } from '../../../../../lib/engine/builtin/datagrams.ts';
import { udpDatagrams } from '../../../../../lib/engine/builtin/sockets/udp.ts';
import type { Address } from '../../../../../lib/sip/address.ts';

// Below the range from which the system gives ports away; another run beside this one gets another.
const PORT = 20_000 + (process.pid % 10_000);

type Heard = { readonly text: string; readonly from: Address };

/** A socket whose next datagram or failure can be waited for. */
async function open(local: Address) {
  const waiting: ((heard: Heard) => void)[] = [];
  const failing: ((why: string) => void)[] = [];
  const ears: DatagramEars = {
    onDatagram: (bytes, from) => waiting.shift()?.({ text: bytes.toString('latin1'), from }),
    onSendFailure: (_, why) => failing.shift()?.(why),
  };
  const bound = await udpDatagrams().bind(local, ears);
  if (bound.kind === 'failed') throw new Error(bound.why);
  return {
    socket: bound.socket,
    next: () => new Promise<Heard>((resolve) => waiting.push(resolve)),
    failure: () => new Promise<string>((resolve) => failing.push(resolve)),
  };
}

const closeAll = (...sockets: readonly DatagramSocket[]) =>
  Promise.all(sockets.map((socket) => socket.close()));

describe('UDP sockets', () => {
  test.each([
    ['IPv4', '127.0.0.1', '127.0.0.2'],
    ['IPv6', '::1', '::1'],
  ])('%s: a datagram comes from the very address its socket is bound to', async (_, one, two) => {
    const a = { address: one, port: PORT };
    const b = { address: two, port: PORT + 1 };
    const left = await open(a);
    const right = await open(b);
    const heard = right.next();
    left.socket.send(Buffer.from('INVITE'), b);
    expect(await heard).toEqual({ text: 'INVITE', from: a });
    await closeAll(left.socket, right.socket);
  });

  test('an address in use, or of somebody else, fails with words', async () => {
    const local = { address: '127.0.0.1', port: PORT };
    const { socket } = await open(local);
    const ears = { onDatagram: () => undefined, onSendFailure: () => undefined };
    expect(await udpDatagrams().bind(local, ears)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('EADDRINUSE'),
    });
    const foreign = { address: '203.0.113.1', port: PORT };
    expect(await udpDatagrams().bind(foreign, ears)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('EADDRNOTAVAIL'),
    });
    await socket.close();
  });

  test('what cannot be sent is told and never thrown', async () => {
    const { socket, failure } = await open({ address: '127.0.0.1', port: PORT });
    const tooLong = failure();
    socket.send(Buffer.alloc(70_000), { address: '127.0.0.1', port: 9 });
    expect(await tooLong).toContain('EMSGSIZE');
    const noPort = failure();
    socket.send(Buffer.from('x'), { address: '127.0.0.1', port: 70_000 });
    expect(await noPort).toContain('70000');
    await socket.close();
    socket.send(Buffer.from('x'), { address: '127.0.0.1', port: 9 });
    await socket.close();
  });
});
