import type { ListenerRole } from '../../ports/sip-engine.ts';
import type { ConnectionLimit } from './arrivals.ts';
import type { Connection } from './connection.ts';

/** What became of connections since the start. */
export type ConnectionCounts = {
  /** By the limit that they would have broken; those that we did not open among them. */
  readonly refused: Record<ConnectionLimit, number>;
  readonly givenUp: Record<WhyGivenUp, number>;
};

/** Why we ended a connection that somebody else might have kept. */
export type WhyGivenUp =
  /** There were too many that had said nothing yet. */
  | 'newcomer'
  /** There were too many in all, and nothing used it. */
  | 'idle'
  /** It said nothing in time, or not the rest of its message. */
  | 'late'
  /** Halves of messages took too much memory. */
  | 'half-message'
  /** What we said was not read. */
  | 'slow-reader'
  /** It answered pings, and does not any more. */
  | 'dead';

/** How many of one kind there are. */
export type ConnectionsNow = {
  readonly role: ListenerRole;
  readonly direction: 'in' | 'out';
  readonly count: number;
};

export function noConnectionCounts(): ConnectionCounts {
  const refused = { 'per-second': 0, 'in-all': 0, 'per-source': 0, outgoing: 0 };
  const givenUp = {
    newcomer: 0,
    idle: 0,
    late: 0,
    'half-message': 0,
    'slow-reader': 0,
    dead: 0,
  };
  return { refused, givenUp };
}

const ROLES: readonly ListenerRole[] = ['anycast', 'unicast', 'gateway'];

/** Those that are there, or are being opened. */
export function connectionsNow(all: Iterable<Connection>): readonly ConnectionsNow[] {
  const here = [...all];
  return ROLES.flatMap((role) => {
    const ofRole = here.filter(({ listener }) => listener.role === role);
    const out = ofRole.filter(({ way }) => way !== undefined).length;
    return [
      { role, direction: 'in', count: ofRole.length - out } as const,
      { role, direction: 'out', count: out } as const,
    ];
  });
}
