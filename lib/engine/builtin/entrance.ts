import type { Clock } from '../../base/time.ts';
import type { Transport } from '../../sip/address.ts';
import { arrivals, type ConnectionLimit } from './arrivals.ts';
import type { Connection } from './connection.ts';
import type { WhyGivenUp } from './connection-counts.ts';
import type { Usage } from './connection-ears.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { newcomers } from './newcomers.ts';

/** Who may come in, and who gives way for it. */
export type Entrance = {
  /** The limit that one more from there breaks; undefined: it may come in, and there is room. */
  limitFor(source: string, transport: Transport): ConnectionLimit | undefined;
  came(connection: Connection): void;
  /** It has said something whole. */
  spoke(connection: Connection): void;
  left(connection: Connection): void;
  clear(): void;
};

type Inside = {
  readonly all: () => Iterable<Connection>;
  readonly usage: () => Usage;
  readonly giveUp: (connection: Connection, why: WhyGivenUp) => void;
};

/** Looking for room takes time, so it is not done more often. */
const ROOM_EVERY_MS = 1000;

export function entrance(clock: Clock, limits: ConnectionLimits, inside: Inside): Entrance {
  const counted = arrivals(clock, limits);
  const silent = newcomers(limits);
  let madeRoomAt = Number.NEGATIVE_INFINITY;

  /** Answers whether one more fits now. */
  const makesRoom = () => {
    const now = clock.mono();
    if (now - madeRoomAt < ROOM_EVERY_MS) return false;
    madeRoomAt = now;
    const idle = idlest(inside, (source) => counted.of(source)).slice(0, limits.acceptsPerSecMax);
    for (const connection of idle) inside.giveUp(connection, 'idle');
    return idle.length > 0;
  };

  return {
    limitFor(source, transport) {
      const limit = counted.limitFor(source, transport);
      if (limit !== undefined && !(limit === 'in-all' && makesRoom())) return limit;
      const surplus = silent.surplusFor(source);
      if (surplus !== undefined) inside.giveUp(surplus, 'newcomer');
      return undefined;
    },
    came(connection) {
      const { far, listener } = connection;
      counted.came(far.address, listener.transport);
      silent.came(connection);
    },
    spoke: (connection) => silent.leave(connection),
    left(connection) {
      counted.left(connection.far.address);
      silent.leave(connection);
    },
    clear() {
      counted.clear();
      silent.clear();
    },
  };
}

/**
 * Who gives way when all room is taken: what nothing uses, of whom there are most, and among those
 * who has been silent longest. Otherwise a few who sit there would keep everybody else out.
 */
function idlest({ all, usage }: Inside, of: (source: string) => number): readonly Connection[] {
  const isUsed = usage();
  const idle = [...all()].filter((one) => one.way === undefined && !isUsed(one));
  const ofSource = ({ far }: Connection) => of(far.address);
  const silentSince = ({ spokeAt, begunAt }: Connection) => spokeAt ?? begunAt;
  return idle.sort((a, b) => ofSource(b) - ofSource(a) || silentSince(a) - silentSince(b));
}
