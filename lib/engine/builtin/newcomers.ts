import type { Connection } from './connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';

/** Connections that came in and have said nothing whole yet; of TLS, those without keys too. */
export type Newcomers = {
  came(connection: Connection): void;
  /** It has spoken, or is gone. */
  leave(connection: Connection): void;
  /** Who gives way to one more from there, the longest silent. Undefined: nobody has to. */
  surplusFor(source: string): Connection | undefined;
  clear(): void;
};

/**
 * Bounds those who only stand there, by source and in all. Nobody is refused for them: a caller
 * speaks within a moment, and who does not gives way, first of whom there are most.
 */
export function newcomers(limits: ConnectionLimits): Newcomers {
  const bySource = new Map<string, Set<Connection>>();
  let count = 0;

  const crowd = () => {
    let largest: Set<Connection> | undefined;
    for (const some of bySource.values()) if (some.size > (largest?.size ?? 0)) largest = some;
    return largest;
  };

  return {
    came(connection) {
      const { address } = connection.far;
      const some = bySource.get(address) ?? new Set();
      bySource.set(address, some.add(connection));
      count += 1;
    },
    leave(connection) {
      const { address } = connection.far;
      const some = bySource.get(address);
      if (some?.delete(connection) !== true) return;
      count -= 1;
      if (some.size === 0) bySource.delete(address);
    },
    surplusFor(source) {
      const own = bySource.get(source);
      if (own !== undefined && own.size >= limits.newcomersPerSourceMax) return first(own);
      return count >= limits.newcomersMax ? first(crowd()) : undefined;
    },
    clear() {
      bySource.clear();
      count = 0;
    },
  };
}

const first = (some: Iterable<Connection> | undefined): Connection | undefined => {
  for (const one of some ?? []) return one;
  return undefined;
};
