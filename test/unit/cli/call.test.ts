import { afterEach, describe, expect, test } from '@jest/globals';
import { call } from '../../../apps/cli/call.ts';
import { until } from '../../support/until.ts';
import { fakeTerminal } from './fake-terminal.ts';
import { type Line, openPeer, type Peer, type Script } from './scripted-peer.ts';

const A = '127.0.0.112';
const U = '127.0.0.11';

let peer: Peer | undefined;
afterEach(async () => {
  await peer?.close();
  peer = undefined;
});

const answering =
  (contact: () => string, answer: readonly Line[]): Script =>
  ({ method }) => {
    switch (method) {
      case 'INVITE': {
        const headers = [`Contact: <sip:token@${contact()}>`];
        return answer.map((line) => ({ ...line, headers: [...headers, ...(line.headers ?? [])] }));
      }
      case 'ACK':
        return [];
      default:
        return [{ status: '200 OK' }];
    }
  };

/** Calls A of a peer that answers as told; `contact` says what stands in its Contact. */
async function callPeer(
  contact: (peer: Peer) => string,
  answer: readonly Line[],
  ...args: string[]
) {
  const here = await openPeer(
    [A, U],
    answering(() => contact(here), answer),
  );
  peer = here;
  const { io, out, err } = fakeTerminal({ LANG: 'C.UTF-8' });
  const uri = `sip:112@${A}:${here.addresses[0]?.port}`;
  const code = await call([uri, '--after', '20', ...args], io);
  return { code, out: out.join('\n'), err: err.join('\n'), heard: here.heard };
}

const placeOf = (index: number) => (here: Peer) => {
  const { address, port } = here.addresses[index] ?? { address: '', port: 0 };
  return `${address}:${port}`;
};
const ANSWERED: readonly Line[] = [
  { status: '100 Trying' },
  { status: '180 Ringing' },
  { status: '200 OK' },
];

describe('landfall call', () => {
  test('ends with 0 when ACK and BYE went to another address than the one dialled', async () => {
    const { code, out, heard } = await callPeer(placeOf(1), ANSWERED);
    expect(out).toContain('moved off anycast: 127.0.0.112 -> 127.0.0.11');
    expect(code).toBe(0);
    expect(heard).toEqual([`${A} INVITE`, `${U} ACK`, `${U} BYE`]);
    expect(out).toMatch(/A dialled +U moved to/);
    expect(out).toMatch(/│─+ ACK ─+>│/);
    expect(out).toMatch(/100 after \d+ ms, 180 after \d+ ms, 200 after \d+ ms/);
  });

  test('ends with 1 when the far end answered with its anycast address as Contact', async () => {
    const { code, out, heard } = await callPeer(placeOf(0), ANSWERED);
    expect(code).toBe(1);
    expect(out).toContain(`stayed on anycast: ACK and BYE went to ${A} (Contact is ${A}:`);
    expect(heard).toEqual([`${A} INVITE`, `${A} ACK`, `${A} BYE`]);
  });

  test('has stayed at an address of IPv6 however it was written', async () => {
    const here = await openPeer(
      ['::1'],
      answering(() => `[::1]:${here.addresses[0]?.port}`, ANSWERED),
    );
    peer = here;
    const { io, out } = fakeTerminal({ LANG: 'C.UTF-8' });
    const uri = `sip:112@[0:0:0:0:0:0:0:1]:${here.addresses[0]?.port}`;
    expect(await call([uri, '--after', '20'], io)).toBe(1);
    expect(out.join('\n')).toContain('stayed on anycast: ACK and BYE went to ::1');
  });

  test('ends with 1 when it was refused, and says why', async () => {
    const refusal = { status: '486 Busy Here', headers: ['Warning: 399 sto "all lines busy"'] };
    const { code, out, heard } = await callPeer(placeOf(1), [refusal]);
    expect(code).toBe(1);
    expect(out).toContain('refused: 486 Busy Here; Warning: 399 sto "all lines busy"');
    // The ACK has left when the command ends; the peer may read it a moment later.
    await until('the ACK', () => heard.length >= 2);
    expect(heard).toEqual([`${A} INVITE`, `${A} ACK`]);
  });

  test('tells the same as one JSON line', async () => {
    const { code, out } = await callPeer(
      placeOf(1),
      ANSWERED,
      '--json',
      '--from',
      'sip:bob@x.example',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'moved',
      from: A,
      to: U,
      timingsMs: { 180: expect.any(Number), 200: expect.any(Number) },
    });
    const { messages } = JSON.parse(out);
    const messagesSent = messages.map(({ message }: { message: string }) => message);
    expect(messagesSent).toEqual([
      'INVITE',
      '100 Trying',
      '180 Ringing',
      '200 OK',
      'ACK',
      'BYE',
      '200 OK',
    ]);
  });
});
