import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  createServer,
  type PeerCertificate,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { writeAddress } from '../../../sip/address.ts';
import { askedByName, certifiedIn, isCertified } from '../../../sip/certified.ts';
import type { Accept, Place, StreamBound, StreamEars, StreamSocket, Streams } from '../streams.ts';
import { type OpenStream, streamOn } from './stream-on.ts';
import { dial, listenAt, opening, welcome } from './tcp.ts';

/** Who this site is, as PEM. */
export type Credentials = {
  /** Absent, like its key: who only dials needs none. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Shown to callers that ask for a name in them which none before has. [6066-3] */
  readonly others?: readonly { readonly certificate: string; readonly key: string }[];
  /** Whom far ends are to be certified by; absent: who the world trusts. */
  readonly authorities: string | undefined;
};

/** Credentials that are renewed while connections are open. */
export type CredentialStore = {
  now(): Credentials;
  /** What is open stays as it is. */
  onRenewed(take: (credentials: Credentials) => void): void;
};

export type TlsRefusal = {
  /** Who dialled. */
  readonly by: 'us' | 'them';
  /** `address:port` of the far end. */
  readonly remote: string;
  /** Whose certificate was wanted. */
  readonly name?: string | undefined;
  readonly why: string;
};

export type TlsParts = {
  readonly credentials: CredentialStore;
  /** Whether who calls is asked for a certificate. Some phones that have none fall silent then. */
  readonly asksCallers: boolean;
  readonly onRefused: (refusal: TlsRefusal) => void;
};

/** How long somebody who has connected may take to agree on keys. */
const HANDSHAKE_MS = 10_000;

/** TLS 1.2 and 1.3 over TCP of the system. */
export function tlsStreams(parts: TlsParts): Streams {
  return {
    listen: (local, accept) => listen(parts, local, accept),
    connect: (local, far, timeoutMs, ears) => connect(parts, { local, far, timeoutMs, ears }),
  };
}

function contextOf({ certificate, key, authorities }: Credentials): SecureContextOptions {
  const own = certificate === undefined || key === undefined ? {} : { cert: certificate, key };
  const trusted = authorities === undefined ? {} : { ca: authorities };
  return { minVersion: 'TLSv1.2', ...own, ...trusted };
}

/** The connection counts from its first packet on, so that half-open ones meet the limits too. */
async function listen(
  { credentials, asksCallers, onRefused }: TlsParts,
  local: Place,
  accept: Accept,
): Promise<StreamBound> {
  const waiting = new Map<string, LateStream>();
  let contexts = namedContexts(credentials.now());
  const server = createServer({
    ...contextOf(credentials.now()),
    SNICallback: (name, done) => done(null, contexts.find((one) => one.isFor(name))?.context),
    handshakeTimeout: HANDSHAKE_MS,
    noDelay: true,
    requestCert: asksCallers,
    // Who shows none, or one that nobody here knows, is a caller like any other.
    rejectUnauthorized: false,
  });
  credentials.onRenewed((renewed) => {
    server.setSecureContext(contextOf(renewed));
    contexts = namedContexts(renewed);
  });
  server.on('secureConnection', (socket) =>
    waiting.get(nameOf(socket))?.secure(socket, namesShown(socket)),
  );
  server.on('tlsClientError', ({ message: why }, socket) => {
    onRefused({ by: 'them', remote: nameOf(socket), why });
    socket.destroy();
  });
  return await listenAt(local, (socket) => take(socket, { waiting, server, accept }));
}

/** What is shown to who asks for a name; none of them: the certificate that is shown to all. */
function namedContexts(credentials: Credentials) {
  const { certificate, key, others = [] } = credentials;
  if (others.length === 0 || certificate === undefined) return [];
  return [{ certificate, key }, ...others].map((pair) => {
    const names = askedByName(certifiedIn(altNameOf(pair.certificate)));
    return {
      isFor: (name: string) => names.includes(name.toLowerCase()),
      context: createSecureContext(contextOf({ ...credentials, ...pair })),
    };
  });
}

const altNameOf = (pem: string) => new X509Certificate(pem).subjectAltName ?? '';

type Door = {
  readonly waiting: Map<string, LateStream>;
  readonly server: Server;
  readonly accept: Accept;
};

function take(socket: Socket, { waiting, server, accept }: Door): void {
  const name = nameOf(socket);
  const late = welcome(socket, lateStreamOn, accept);
  if (late === undefined) return;
  waiting.set(name, late);
  socket.once('close', () => waiting.delete(name));
  server.emit('connection', socket);
}

function nameOf({ remoteAddress: address = '', remotePort: port = 0 }: Socket): string {
  return writeAddress({ address, port });
}

/** Whom the far end is certified as; empty: nobody. */
function namesShown(socket: TLSSocket): readonly string[] {
  if (!socket.authorized) return [];
  const { uris, names } = certifiedIn(socket.getPeerCertificate().subjectaltname ?? '');
  return uris.length > 0 ? uris : names;
}

type LateStream = OpenStream & { secure(socket: Socket, names: readonly string[]): void };

/** A connection on which nothing is said before keys are agreed on. */
function lateStreamOn(raw: Socket): LateStream {
  let secured: OpenStream | undefined;
  let ears: StreamEars | undefined;
  return {
    stream: {
      get waitingBytes() {
        return secured?.stream.waitingBytes ?? 0;
      },
      write: (bytes) => secured?.stream.write(bytes),
      end() {
        if (secured === undefined) raw.destroy();
        else secured.stream.end();
      },
      cut: () => raw.destroy(),
    },
    hearWith(hearing) {
      ears = hearing;
      raw.once('close', () => {
        if (secured === undefined) hearing.onClosed();
      });
    },
    secure(socket, names) {
      socket.on('error', () => undefined);
      secured = streamOn(socket);
      if (names.length > 0) ears?.onCertified?.(names);
      if (ears !== undefined) secured.hearWith(ears);
    },
  };
}

type Order = {
  readonly local: string;
  readonly far: Place;
  readonly timeoutMs: number;
  readonly ears: StreamEars;
};

/** Whoever is dialled by name must be certified as such; callers, who have none, need not. */
function connect({ credentials, onRefused }: TlsParts, order: Order): StreamSocket {
  const { local, far, timeoutMs, ears } = order;
  const { name } = far;
  const raw = dial(local, far);
  const socket = connectTls({
    ...contextOf(credentials.now()),
    socket: raw,
    ...(name === undefined || isIP(name) > 0 ? {} : { servername: name }),
    rejectUnauthorized: name !== undefined,
    checkServerIdentity: (_, certificate) => wrongIdentity(name, certificate),
  });
  raw.on('error', (error) => socket.destroy(error));
  let isSecure = false;
  socket.once('secureConnect', () => {
    isSecure = true;
  });
  socket.on('error', ({ message: why }) => {
    if (!isSecure) onRefused({ by: 'us', remote: writeAddress(far), name, why });
  });
  return opening(socket, 'secureConnect', timeoutMs, ears);
}

function wrongIdentity(
  name: string | undefined,
  { subjectaltname = '' }: PeerCertificate,
): Error | undefined {
  if (name === undefined || isCertified(certifiedIn(subjectaltname), name)) return undefined;
  return new Error(`its certificate is for ${subjectaltname || 'nobody'}, not for ${name}`);
}
