import type { World } from '../../base/time.ts';
import type { Listener } from '../../ports/sip-engine.ts';
import type { Address } from '../../sip/address.ts';
import type { Usage } from './connection-ears.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { type Framing, openFraming } from './proto/framing.ts';
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
  /** When a message began whose rest has not come; absent: nothing waits for its rest. */
  halfSince: number | undefined;
  /** When a ping went out that nothing has come after. */
  pingedAt: number | undefined;
  /** Whether pings are answered there; those who never do are known by the system's keep-alive. */
  answersPings: boolean;
  pingsIgnored: number;
};

const PINGS_IGNORED_MAX = 2;
const PING_SPREAD = 0.4;

/** One that has just come in, or is being opened. */
export function newConnection(
  place: Pick<Connection, 'listener' | 'far' | 'way' | 'isOpen' | 'id' | 'socket'>,
  { clock, rng }: Pick<World, 'clock' | 'rng'>,
  { pingMs }: ConnectionLimits,
): Connection {
  const now = clock.mono();
  const spread = 1 - PING_SPREAD / 2 + PING_SPREAD * rng.fraction();
  return {
    ...place,
    framing: openFraming(),
    pingAfterMs: pingMs * spread,
    begunAt: now,
    certified: undefined,
    hasRequests: false,
    heardAt: now,
    spokeAt: undefined,
    halfSince: undefined,
    pingedAt: undefined,
    answersPings: false,
    pingsIgnored: 0,
  };
}

/** What is to become of a connection at this moment; what is used is neither late nor over. */
export type Prospect = 'stays' | 'dead' | 'ping' | 'late' | 'over';

export function prospectOf(
  connection: Connection,
  now: number,
  limits: ConnectionLimits,
  isUsed: Usage,
): Prospect {
  const { way, isOpen, begunAt, spokeAt, halfSince, pingedAt, answersPings } = connection;
  if (!isOpen) return 'stays';
  if (pingedAt !== undefined && answersPings && now - pingedAt >= limits.pongMs) return 'dead';
  const isUnheard =
    way === undefined && spokeAt === undefined && now - begunAt >= limits.firstWordMs;
  // Not since the last byte: one now and then would keep it for ever.
  const isStuck = halfSince !== undefined && now - halfSince >= limits.messageMs;
  if ((isUnheard || isStuck) && !isUsed(connection)) return 'late';
  const isIdle = now - (spokeAt ?? begunAt) >= limits.idleMs;
  const isOld = now - begunAt >= limits.ageMs;
  if ((isIdle || isOld) && !isUsed(connection)) return 'over';
  return isPingDue(connection, now) ? 'ping' : 'stays';
}

/** A ping also keeps the way open through what stands between. [5626-4.4.1] */
function isPingDue(connection: Connection, now: number): boolean {
  const { heardAt, pingedAt, pingAfterMs, answersPings, pingsIgnored } = connection;
  if (!answersPings && pingsIgnored >= PINGS_IGNORED_MAX) return false;
  return now - Math.max(heardAt, pingedAt ?? 0) >= pingAfterMs;
}
