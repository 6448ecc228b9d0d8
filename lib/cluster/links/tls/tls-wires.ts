import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { LinksOpened } from '../../../ports/peer-links.ts';
import type { Address } from '../../../sip/address.ts';
import type { ClusterKey } from '../../../sip/owner-token.ts';
import type { DialEars, LinkEars, LinkSocket, LinkWires, Refused, WelcomeEars } from '../wires.ts';
import {
  keyFor,
  type LinkIdentity,
  linkKey,
  readIdentity,
  writeHint,
  writeIdentity,
} from './psk.ts';

/**
 * The key exchange is ephemeral, so that who learns the cluster key later reads nothing of today.
 * TLS 1.2, as OpenSSL tells neither the hint nor an unknown key by name in 1.3.
 */
const SECURITY = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;
const HANDSHAKE_MS = 3000;
/** How long what was written may still take to leave. */
const FAREWELL_MS = 1000;
const BACKLOG_MAX = 128;
/** Connections in all, whoever holds them: two a peer, and those that strangers try. */
const CONNECTIONS_MAX = 2200;

export type TlsParts = {
  readonly site: number;
  /** Read anew for each link: the first one that both ends have secures it, all are taken. */
  readonly keysNow: () => readonly ClusterKey[];
};

/** TLS by a pre-shared key that is derived from a cluster key. */
export function tlsWires(parts: TlsParts): LinkWires {
  let server: Server | undefined;
  return {
    listen(local, ears) {
      server = serve(parts, ears);
      return bound(server, local);
    },
    dial: (far, ears) => dial(parts, far, ears),
    close: () =>
      new Promise((resolve) => {
        if (server === undefined) resolve();
        else server.close(() => resolve());
      }),
  };
}

function serve({ site, keysNow }: TlsParts, ears: WelcomeEars): Server {
  const claims = new WeakMap<TLSSocket, string>();
  const server = createServer({
    ...SECURITY,
    // A key that is added later is named by the next start; till then the older ones serve.
    pskIdentityHint: writeHint(keysNow(), site),
    handshakeTimeout: HANDSHAKE_MS,
    noDelay: true,
    keepAlive: true,
    pskCallback(socket, text) {
      claims.set(socket, text);
      const found = readIdentity(text);
      const key = keysNow().find(({ id }) => id === found?.keyId);
      return key === undefined ? null : linkKey(key);
    },
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    const found = readIdentity(claims.get(socket) ?? '');
    const far = farOf(socket);
    if (found === undefined || far === undefined) socket.destroy();
    else welcome(socket, found, far, ears);
  });
  server.on('tlsClientError', (error, socket) => {
    const far = farOf(socket);
    const claimed = claims.get(socket);
    if (far !== undefined) ears.onRefused(refusalOf(error), far, claimed);
    socket.destroy();
  });
  return server;
}

function welcome(
  socket: TLSSocket,
  { site }: LinkIdentity,
  far: Address,
  welcoming: WelcomeEars,
): void {
  const open = openEnd(socket);
  const ears = welcoming.onArrived(open.end, site, far);
  if (ears === undefined) socket.destroy();
  else open.hearWith(ears);
}

function farOf({ remoteAddress: address, remotePort: port }: TLSSocket): Address | undefined {
  return address === undefined || port === undefined ? undefined : { address, port };
}

function bound(server: Server, { address, port }: Address): Promise<LinksOpened> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve({ kind: 'failed', why: error.message }));
    server.listen({ host: address, port, backlog: BACKLOG_MAX, exclusive: true }, () => {
      server.removeAllListeners('error');
      server.on('error', () => undefined);
      resolve({ kind: 'listening' });
    });
  });
}

function dial({ site, keysNow }: TlsParts, far: Address, ears: DialEars): LinkSocket {
  let hinted: string | null | undefined;
  const socket = connect({
    ...SECURITY,
    host: far.address,
    port: far.port,
    pskCallback(hint) {
      hinted = hint;
      const key = keyFor(hint, keysNow());
      if (key === undefined) return null;
      return { psk: linkKey(key), identity: writeIdentity(key, site) };
    },
    // There are no certificates: who holds the key is who it says.
    checkServerIdentity: () => undefined,
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
  const open = openEnd(socket);
  let isSettled = false;
  const refuse = (why: Refused, says: string) => {
    if (isSettled) return;
    isSettled = true;
    socket.destroy();
    if (!open.isLeft()) ears.onRefused(why, says);
  };
  const impatience = setTimeout(
    () => refuse('silent', `no handshake within ${HANDSHAKE_MS} ms`),
    HANDSHAKE_MS,
  );
  socket.once('close', () => {
    clearTimeout(impatience);
    refuse('no-peer', 'it closed the connection');
  });
  socket.on('error', (error) => {
    const noneInCommon = hinted !== undefined && keyFor(hinted, keysNow()) === undefined;
    refuse(noneInCommon ? 'unknown-key' : refusalOf(error), wordsOf(error, hinted));
  });
  socket.once('secureConnect', () => {
    clearTimeout(impatience);
    if (isSettled || open.isLeft()) return;
    isSettled = true;
    open.hearWith(ears);
    ears.onOpen();
  });
  return open.end;
}

/** OpenSSL writes a line of places in its source before what a person can use. */
function wordsOf(error: Error, hinted: string | null | undefined): string {
  const [, what] = /:SSL routines:[^:]*:([^:]+):/.exec(error.message) ?? [];
  const theirs = typeof hinted === 'string' ? `; it has ${hinted.slice(0, 80)}` : '';
  return `${what ?? error.message}${theirs}`;
}

function refusalOf(error: NodeJS.ErrnoException): Refused {
  const { code = '' } = error;
  if (/UNKNOWN_PSK_IDENTITY|PSK_IDENTITY_NOT_FOUND/.test(code)) return 'unknown-key';
  if (/BAD_RECORD_MAC|DECRYPT_ERROR|DIGEST_CHECK_FAILED/.test(code)) return 'wrong-key';
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'silent';
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES)$/.test(code))
    return 'unreachable';
  return 'no-peer';
}

function openEnd(socket: TLSSocket) {
  let ears: LinkEars | undefined;
  let state: 'fresh' | 'heard' | 'left' = 'fresh';
  const leave = () => {
    ears = undefined;
    state = 'left';
  };
  const end: LinkSocket = {
    get waitingBytes() {
      return socket.writableLength;
    },
    write(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    end() {
      leave();
      if (socket.destroyed) return;
      socket.end();
      const impatience = setTimeout(() => socket.destroy(), FAREWELL_MS);
      socket.once('close', () => clearTimeout(impatience));
    },
    cut() {
      leave();
      socket.destroy();
    },
  };
  const hearWith = (hearing: LinkEars) => {
    if (state === 'left') return;
    ears = hearing;
    state = 'heard';
    socket.on('data', (bytes) => ears?.onBytes(bytes));
    socket.once('close', () => ears?.onClosed());
  };
  return { end, hearWith, isLeft: () => state === 'left' };
}
