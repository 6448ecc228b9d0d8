import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { ANYCAST, SIP_PORT } from './topology.ts';

export type Host = { readonly host: string; readonly port: number };

/** How a caller of the lab is plugged into the network, from an address of its own. */
export type CallerLine = {
  readonly transport: 'UDP' | 'TCP';
  readonly local: Host;
  /** TCP: over the connection to A, whatever the target; a lost one is opened anew. */
  say(text: string, target: Host): void;
  close(): void;
};

type Hear = (text: string, source: Host) => void;

export async function udpLine(address: string, hear: Hear): Promise<CallerLine> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { address: host, port }) =>
    hear(bytes.toString('latin1'), { host, port }),
  );
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(SIP_PORT, address, resolve);
  });
  let isOpen = true;
  return {
    transport: 'UDP',
    local: { host: address, port: SIP_PORT },
    say(text, { host, port }) {
      if (isOpen) socket.send(Buffer.from(text, 'latin1'), port, host, () => undefined);
    },
    close() {
      isOpen = false;
      socket.close();
    },
  };
}

const RECONNECTS_MAX = 5;

/** `onLost`: the connection broke; what had no answer may be said again. */
export function tcpLine(address: string, hear: Hear, onLost: () => void): CallerLine {
  let socket: Socket | undefined;
  let isOpen = true;
  let reconnects = 0;
  const open = (): Socket => {
    const fresh = connect({ host: ANYCAST, port: SIP_PORT, localAddress: address, noDelay: true });
    const framing = openFraming((text) => hear(text, { host: ANYCAST, port: SIP_PORT }));
    fresh.on('data', framing);
    fresh.on('error', () => undefined);
    fresh.on('close', () => {
      if (socket !== fresh || !isOpen) return;
      socket = undefined;
      reconnects += 1;
      if (reconnects <= RECONNECTS_MAX) onLost();
    });
    return fresh;
  };
  return {
    transport: 'TCP',
    local: { host: address, port: SIP_PORT },
    say(text) {
      if (!isOpen) return;
      socket ??= open();
      socket.write(Buffer.from(text, 'latin1'));
    },
    close() {
      isOpen = false;
      socket?.destroy();
    },
  };
}

/** Cuts a stream into messages by their Content-Length. */
export function openFraming(take: (text: string) => void): (piece: Buffer) => void {
  let rest = '';
  return (piece) => {
    rest += piece.toString('latin1');
    for (;;) {
      rest = rest.replace(/^(\r\n)+/, '');
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /^(?:content-length|l)\s*:\s*(\d+)/im.exec(rest.slice(0, head))?.[1] ?? '0';
      const end = head + 4 + Number(length);
      if (rest.length < end) return;
      take(rest.slice(0, end));
      rest = rest.slice(end);
    }
  };
}
