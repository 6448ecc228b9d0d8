import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Whoever looks after a node asks these without knowing a secret; they tell nothing of calls. */
const OPEN_PAGES: readonly string[] = ['/healthz', '/readyz'];

/** Whether the one who asks shows the token, or asks what anybody may. */
export function mayAsk(request: IncomingMessage, path: string, token: string | undefined): boolean {
  if (OPEN_PAGES.includes(path)) return true;
  if (token === undefined) return isAskedByAddress(request.headers.host) && !isByWebPage(request);
  const shown = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(shown), digest(token));
}

/**
 * A web page somewhere can make a browser on this machine ask a loopback address under a name of
 * its own. Without a token a name other than localhost is such a case.
 */
function isAskedByAddress(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0;
}

/** A web page may send a POST anywhere, though it never sees the answer; browsers then say so. */
function isByWebPage({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && headers.origin !== undefined;
}

/** Equal lengths, so that the comparison tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
