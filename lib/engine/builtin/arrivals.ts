import type { Clock } from '../../base/time.ts';
import type { ConnectionLimits } from './connection-limits.ts';

/** The limit that a connection was one too many for; `outgoing` is for those that we open. */
export type ConnectionLimit = 'per-second' | 'in-all' | 'per-source' | 'outgoing';

/** Counts the connections that come in. */
export type Arrivals = {
  /** The limit that one more from there breaks; undefined: it may come in. */
  limitFor(source: string): ConnectionLimit | undefined;
  came(source: string): void;
  left(source: string): void;
  clear(): void;
};

const WINDOW_MS = 1000;

export function arrivals(clock: Clock, limits: ConnectionLimits): Arrivals {
  const bySource = new Map<string, number>();
  let incoming = 0;
  let windowAt = 0;
  let inWindow = 0;
  return {
    limitFor(source) {
      const now = clock.mono();
      if (now - windowAt >= WINDOW_MS) {
        windowAt = now;
        inWindow = 0;
      }
      inWindow += 1;
      if (inWindow > limits.acceptsPerSecMax) return 'per-second';
      if (incoming >= limits.connectionsMax) return 'in-all';
      const ofSource = bySource.get(source) ?? 0;
      return ofSource >= limits.connectionsPerSourceMax ? 'per-source' : undefined;
    },
    came(source) {
      incoming += 1;
      bySource.set(source, (bySource.get(source) ?? 0) + 1);
    },
    left(source) {
      incoming -= 1;
      const others = (bySource.get(source) ?? 1) - 1;
      if (others === 0) bySource.delete(source);
      else bySource.set(source, others);
    },
    clear() {
      bySource.clear();
      incoming = 0;
    },
  };
}
