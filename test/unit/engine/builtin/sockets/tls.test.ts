import { readFileSync } from 'node:fs';
import { connect as netConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Credentials,
  type TlsRefusal,
  tlsStreams,
} from '../../../../../lib/engine/builtin/sockets/tls.ts';
import type { StreamEars, StreamSocket } from '../../../../../lib/engine/builtin/streams.ts';
import { type Authority, type Issued, openAuthority } from '../../../../support/certificates.ts';
import { type TempFolder, tempFolder } from '../../../../support/temp-folder.ts';
import { until } from '../../../../support/until.ts';

const NEAR = { address: '127.61.2.1', port: 5061 };
const HERE = '127.61.2.2';
const open: (() => unknown)[] = [];

let folder: TempFolder;
let authority: Authority;
let ours: Issued;
beforeAll(() => {
  folder = tempFolder('tls');
  authority = openAuthority(folder.path);
  ours = authority.issue('ours', ['DNS:psap.example', `IP:${NEAR.address}`]);
});
afterAll(() => folder.remove());
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const credentialsOf = ({ certificate, key }: Issued): Credentials => ({
  certificate: readFileSync(certificate, 'utf8'),
  key: readFileSync(key, 'utf8'),
  authorities: readFileSync(authority.certificate, 'utf8'),
});

function streamsWith(issued: Issued, ...others: readonly Issued[]) {
  const among = ([first, ...more]: readonly [Issued, ...(readonly Issued[])]): Credentials => ({
    ...credentialsOf(first),
    others: more.map((one) => ({
      certificate: readFileSync(one.certificate, 'utf8'),
      key: readFileSync(one.key, 'utf8'),
    })),
  });
  let current = among([issued, ...others]);
  let take: (credentials: Credentials) => void = () => undefined;
  const refused: TlsRefusal[] = [];
  const streams = tlsStreams({
    credentials: { now: () => current, onRenewed: (taker) => (take = taker) },
    asksCallers: true,
    onRefused: (refusal) => void refused.push(refusal),
  });
  const renew = (...next: readonly [Issued, ...(readonly Issued[])]) => {
    current = among(next);
    take(current);
  };
  return { streams, refused, renew };
}

type End = {
  text: string;
  opened: number;
  closed: number;
  certified: readonly string[] | undefined;
  socket: StreamSocket | undefined;
};

function endWith(): End & { readonly ears: StreamEars } {
  const end = {
    text: '',
    opened: 0,
    closed: 0,
    certified: undefined as readonly string[] | undefined,
    socket: undefined as StreamSocket | undefined,
    ears: {
      onCertified(names: readonly string[]) {
        end.certified = names;
      },
      onOpen() {
        end.opened += 1;
      },
      onBytes(bytes: Buffer) {
        end.text += bytes.toString('latin1');
      },
      onClosed() {
        end.closed += 1;
      },
    },
  };
  return end;
}

async function listening(...issued: readonly [Issued, ...(readonly Issued[])]) {
  const made = streamsWith(...issued);
  const accepted: End[] = [];
  const bound = await made.streams.listen(NEAR, (socket) => {
    const end = endWith();
    end.socket = socket;
    accepted.push(end);
    return end.ears;
  });
  if (bound.kind === 'failed') throw new Error(bound.why);
  open.push(() => bound.close());
  return { ...made, accepted };
}

function dialled(streams: ReturnType<typeof tlsStreams>, name?: string) {
  const end = endWith();
  end.socket = streams.connect(HERE, { ...NEAR, name }, 2000, end.ears);
  open.push(() => end.socket?.cut());
  return end;
}

describe('a TLS connection', () => {
  test.each(['psap.example', NEAR.address])('to %s carries both ways', async (name) => {
    const { accepted, streams } = await listening(ours);
    const near = dialled(streams, name);
    near.socket?.write(Buffer.from('INVITE'));
    await until('it is heard', () => accepted[0]?.text === 'INVITE');
    accepted[0]?.socket?.write(Buffer.from('200'));
    await until('the answer', () => near.text === '200');
    near.socket?.end();
    await until('the end', () => accepted[0]?.closed === 1);
    expect([near.opened, accepted[0]?.opened]).toEqual([1, 0]);
  });

  test('to somebody of another name comes to nothing, and why is told', async () => {
    const { accepted, streams, refused } = await listening(ours);
    const near = dialled(streams, 'other.example');
    await until('it is over', () => near.closed === 1 && accepted[0]?.closed === 1);
    expect(near.opened).toBe(0);
    expect(refused.find(({ by }) => by === 'us')).toEqual({
      by: 'us',
      remote: '127.61.2.1:5061',
      name: 'other.example',
      why: 'its certificate is for DNS:psap.example, IP Address:127.61.2.1, not for other.example',
    });
  });

  test('to somebody whom nobody has certified comes to nothing, where a name is asked for', async () => {
    const strange = openAuthority(folder.path, 'strange').issue('fake', ['DNS:psap.example']);
    const { accepted } = await listening(strange);
    const { streams, refused } = streamsWith(ours);
    const near = dialled(streams, 'psap.example');
    await until('it is over', () => near.closed === 1);
    expect(refused.map(({ by, name }) => [by, name])).toEqual([['us', 'psap.example']]);
    const unnamed = dialled(streams);
    await until('it is open', () => unnamed.opened === 1);
    expect(accepted).toHaveLength(2);
  });

  test('is made with a renewed certificate, and one from before goes on', async () => {
    const { streams, renew, accepted } = await listening(ours);
    const before = dialled(streams, 'psap.example');
    await until('it is open', () => before.opened === 1);
    renew(authority.issue('renewed', ['DNS:renewed.example']));
    const after = dialled(streams, 'renewed.example');
    await until('it is open', () => after.opened === 1);
    before.socket?.write(Buffer.from('still here'));
    await until('it is heard', () => accepted[0]?.text === 'still here');
  });

  test('A server that receives a client hello containing the "server_name" extension MAY use the information contained in the extension to guide its selection of an appropriate certificate to return to the client. [6066-3]', async () => {
    const two = authority.issue('two', ['DNS:two.example', 'DNS:psap.example']);
    const { accepted, streams, renew } = await listening(ours, two);
    const isShown = async (name: string) => {
      const near = dialled(streams, name);
      await until('it is over or open', () => near.opened + near.closed > 0);
      return near.opened === 1;
    };
    for (const name of ['psap.example', 'TWO.example', NEAR.address])
      expect([name, await isShown(name)]).toEqual([name, true]);
    expect(await isShown('three.example')).toBe(false);
    renew(ours, authority.issue('three', ['URI:sip:three.example']));
    expect(await isShown('three.example')).toBe(true);
    expect(await isShown('two.example')).toBe(false);
    const trunk = streamsWith(authority.issue('its-trunk', ['DNS:sbc.op.example']));
    dialled(trunk.streams, 'three.example').socket?.write(Buffer.from('INVITE'));
    await until('it is heard', () => accepted.at(-1)?.text === 'INVITE');
    expect(accepted.at(-1)?.certified).toEqual(['sbc.op.example']);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is taken by %s, and not by less', async (version) => {
    const { accepted } = await listening(ours);
    const say = (only: 'TLSv1.1' | typeof version) =>
      new Promise<string>((resolve) => {
        const limits = { minVersion: only, maxVersion: only, rejectUnauthorized: false } as const;
        const socket = tlsConnect({ ...limits, host: NEAR.address, port: NEAR.port });
        socket.once('secureConnect', () => resolve(socket.getProtocol() ?? ''));
        socket.once('error', () => resolve('refused'));
        open.push(() => socket.destroy());
      });
    expect(await say(version)).toBe(version);
    expect(await say('TLSv1.1')).toBe('refused');
    expect(accepted).not.toHaveLength(0);
  });

  test('says whom its far end is certified as, where an authority of ours says so', async () => {
    const { accepted, streams } = await listening(ours);
    const own = streamsWith(authority.issue('trunk', ['DNS:sbc.op.example', 'DNS:op.example']));
    const strange = openAuthority(folder.path, 'elsewhere').issue('liar', ['DNS:op.example']);
    for (const [at, by] of [own.streams, streamsWith(strange).streams, streams].entries()) {
      dialled(by).socket?.write(Buffer.from('INVITE'));
      await until('it is heard', () => accepted[at]?.text === 'INVITE');
    }
    const names = [['sbc.op.example', 'op.example'], undefined, ['psap.example']];
    expect(accepted.map(({ certified }) => certified)).toEqual(names);
  });

  test('counts from its first packet on, and what is no TLS ends', async () => {
    const { accepted, refused } = await listening(ours);
    const socket = netConnect({ ...NEAR, host: NEAR.address });
    socket.on('error', () => undefined);
    open.push(() => socket.destroy());
    await until('it counts', () => accepted.length === 1);
    socket.write('INVITE sip:112@192.0.2.112 SIP/2.0\r\n\r\n');
    await until('it is over', () => accepted[0]?.closed === 1);
    expect(refused).toMatchObject([{ by: 'them' }]);
    expect(accepted[0]?.text).toBe('');
  });
});
