import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { whyOf } from '../../lib/base/why-of.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { type AdminParts, answerAdmin } from './admin-pages.ts';
import { refuse } from './admin-refusal.ts';
import { mayAsk } from './admin-token.ts';

const CONNECTIONS_MAX = 64;
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
/** Longer than the pause between two signs of life of a followed log. */
const SILENCE_MS = 60_000;

export type AdminOptions = AdminParts & {
  readonly listen: Address;
  /** Absent: whoever reaches the address may ask; then it must be a loopback one. */
  readonly token?: string | undefined;
};

export type AdminOpened =
  | { readonly kind: 'listening'; readonly port: number; readonly close: () => Promise<void> }
  | { readonly kind: 'failed'; readonly why: string };

/** Opens the admin pages of a node: health, metrics, and the calls with full numbers in them. */
export function openAdmin(options: AdminOptions): Promise<AdminOpened> {
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: HEADERS_MS },
    (request, response) => void serve(request, response, options),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.timeout = SILENCE_MS;
  server.on('clientError', (_, socket) => socket.destroy());
  return new Promise((resolve) => {
    const fail = (error: Error) => {
      const why = `admin.listen is ${writeAddress(options.listen)}: ${error.message}`;
      resolve({ kind: 'failed', why });
    };
    server.once('error', fail);
    server.listen(options.listen.port, options.listen.address, () => {
      server.off('error', fail);
      // What goes wrong later, such as no more descriptors, concerns one connection.
      server.on('error', () => undefined);
      resolve({ kind: 'listening', port: portOf(server), close: () => close(server) });
    });
  });
}

/** Answers one request; what goes wrong in it ends in a 500 and not in the process. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminOptions,
): Promise<void> {
  response.on('error', () => undefined);
  request.resume();
  try {
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (!mayAsk(request, path, options.token)) {
      refuse(response, 401, 'this page needs the header Authorization: Bearer with admin.token');
      return;
    }
    const methods = path === '/reload' ? ['POST'] : ['GET', 'HEAD'];
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('Allow', methods.join(', '));
      refuse(response, 405, `method is ${request.method}; ${methods[0]} would be right`);
      return;
    }
    await answerAdmin(request.url ?? '/', response, options);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else refuse(response, 500, whyOf(error));
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
