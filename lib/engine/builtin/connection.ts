import type { Listener } from '../../ports/sip-engine.ts';
import type { Address } from '../../sip/address.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import type { Framing } from './proto/framing.ts';
import type { StreamSocket } from './streams.ts';

/** A connection as the engine keeps it. Moments are monotonic milliseconds. */
export type Connection = {
  readonly id: number;
  readonly listener: Listener;
  readonly far: Address;
  /** Under which it is found for further messages; absent: it came in. */
  readonly way: string | undefined;
  readonly socket: StreamSocket;
  readonly framing: Framing;
  readonly pingAfterMs: number;
  readonly begunAt: number;
  /** Whom its far end is certified as; absent: nobody has said. */
  certified: readonly string[] | undefined;
  isOpen: boolean;
  /** Whether requests of ours have gone out on it. */
  hasRequests: boolean;
  heardAt: number;
  /** When the last message or ping was whole; absent: none has come. */
  spokeAt: number | undefined;
  /** When a ping went out that nothing has come after. */
  pingedAt: number | undefined;
  /** Whether pings are answered there; those who never do are known by the system's keep-alive. */
  answersPings: boolean;
  pingsIgnored: number;
};

const PINGS_IGNORED_MAX = 2;

/** What is to become of a connection at this moment. */
export type Prospect = 'stays' | 'dead' | 'ping' | 'unless-used';

export function prospectOf(
  connection: Connection,
  now: number,
  limits: ConnectionLimits,
): Prospect {
  const { way, isOpen, begunAt, heardAt, spokeAt, pingedAt, framing, answersPings } = connection;
  if (!isOpen) return 'stays';
  if (pingedAt !== undefined && answersPings && now - pingedAt >= limits.pongMs) return 'dead';
  const isUnheard =
    way === undefined && spokeAt === undefined && now - begunAt >= limits.firstWordMs;
  const isIdle = now - (spokeAt ?? begunAt) >= limits.idleMs;
  const isOld = now - begunAt >= limits.ageMs;
  const isStuck = !framing.isBetweenMessages && now - heardAt >= limits.messageMs;
  if (isUnheard || isIdle || isOld || isStuck) return 'unless-used';
  return isPingDue(connection, now) ? 'ping' : 'stays';
}

/** A ping also keeps the way open through what stands between. [5626-4.4.1] */
export function isPingDue(connection: Connection, now: number): boolean {
  const { heardAt, pingedAt, pingAfterMs, answersPings, pingsIgnored } = connection;
  if (!answersPings && pingsIgnored >= PINGS_IGNORED_MAX) return false;
  return now - Math.max(heardAt, pingedAt ?? 0) >= pingAfterMs;
}
