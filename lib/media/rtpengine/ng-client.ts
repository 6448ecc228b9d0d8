import type { Alarm, World } from '../../base/time.ts';
import { type NgReply, type NgRequest, readReply, writeRequest } from './ng-message.ts';
import type { NgEars, NgSocket } from './ng-socket.ts';

export type NgOutcome =
  | NgReply
  | { readonly kind: 'failed'; readonly why: NgFailure; readonly reason: string };

export type NgFailure = 'unreachable' | 'silent' | 'full' | 'unusable' | 'closed';

export type NgClient = {
  /** Settles within that time, whatever the network does. */
  readonly ask: (request: NgRequest, withinMs: number) => Promise<NgOutcome>;
  readonly close: () => void;
};

/** What is out at one instance at one time. */
export const ASKS_MAX = 2000;
/** What a datagram holds. */
const BYTES_MAX = 65_000;
const FIRST_REPEAT_MS = 100;
const CLOSED = { kind: 'failed', why: 'closed', reason: 'closed' } as const;

type Settle = (outcome: NgOutcome) => void;

/**
 * Asks one instance over UDP. A question is repeated under the same cookie, by which rtpengine
 * knows it again and gives the same answer; so no cookie is ever used twice, by nobody.
 */
export function openNgClient(world: World, openSocket: (ears: NgEars) => NgSocket): NgClient {
  const { timers, rng } = world;
  const pending = new Map<string, Settle>();
  const prefix = Buffer.from(rng.bytes(9)).toString('base64url');
  let asked = 0;
  let isClosed = false;
  const settleAll = (outcome: NgOutcome) => {
    for (const settle of pending.values()) settle(outcome);
  };
  const socket = openSocket({
    onMessage(bytes) {
      const message = readReply(bytes);
      if (message !== undefined) pending.get(message.cookie)?.(message.reply);
    },
    onUnreachable: (reason) => settleAll({ kind: 'failed', why: 'unreachable', reason }),
  });
  return {
    async ask(request, withinMs) {
      if (isClosed) return CLOSED;
      if (pending.size >= ASKS_MAX)
        return { kind: 'failed', why: 'full', reason: `${ASKS_MAX} questions are out` };
      asked += 1;
      const cookie = `${prefix}_${asked}`;
      const bytes = writeRequest(cookie, request);
      if (bytes.length > BYTES_MAX)
        return { kind: 'failed', why: 'unusable', reason: `${bytes.length} bytes are too many` };
      return new Promise((resolve) => {
        let alarm: Alarm = {};
        const settle: Settle = (outcome) => {
          pending.delete(cookie);
          timers.clear(alarm);
          resolve(outcome);
        };
        const send = (waitMs: number, leftMs: number) => {
          if (leftMs <= 0) {
            const reason = `no answer within ${withinMs} ms`;
            settle({ kind: 'failed', why: 'silent', reason });
            return;
          }
          const delayMs = Math.min(waitMs, leftMs);
          alarm = timers.set(delayMs, () => send(2 * waitMs, leftMs - delayMs));
          socket.send(bytes);
        };
        pending.set(cookie, settle);
        send(FIRST_REPEAT_MS, withinMs);
      });
    },
    close() {
      isClosed = true;
      settleAll(CLOSED);
      socket.close();
    },
  };
}
