import type { Clock } from '../../base/time.ts';
import type { Transport } from '../../sip/address.ts';
import type { ConnectionLimits } from './connection-limits.ts';

/** The limit that a connection was one too many for; `outgoing` is for those that we open. */
export type ConnectionLimit = 'per-second' | 'in-all' | 'per-source' | 'outgoing';

/** Counts the connections that come in. */
export type Arrivals = {
  /** The limit that one more from there breaks; undefined: it may come in. */
  limitFor(source: string, transport: Transport): ConnectionLimit | undefined;
  came(source: string, transport: Transport): void;
  left(source: string): void;
  /** How many of that source are here. */
  of(source: string): number;
  clear(): void;
};

const WINDOW_MS = 1000;
/** Agreeing on keys takes a millisecond of the processor, and nobody else is served meanwhile. */
const COST_OF_TLS = 8;
/** Who has no more than so many is no flood, and gets in when floods fill the second. */
const FEW = 4;
const ROOM_FOR_FEW = 2;

/** What is refused counts for nothing, so that who knocks on a full door closes none for others. */
export function arrivals(clock: Clock, limits: ConnectionLimits): Arrivals {
  const bySource = new Map<string, number>();
  const ofSecond = new Map<string, number>();
  let incoming = 0;
  let windowAt = 0;
  let inWindow = 0;

  const isTooFast = (source: string, cost: number) => {
    const now = clock.mono();
    if (now - windowAt >= WINDOW_MS) {
      windowAt = now;
      inWindow = 0;
      ofSecond.clear();
    }
    const { acceptsPerSecMax, acceptsPerSecPerSourceMax } = limits;
    if ((ofSecond.get(source) ?? 0) + cost > acceptsPerSecPerSourceMax) return true;
    const room = (bySource.get(source) ?? 0) < FEW ? ROOM_FOR_FEW : 1;
    return inWindow + cost > acceptsPerSecMax * room;
  };

  return {
    limitFor(source, transport) {
      if (isTooFast(source, costOf(transport))) return 'per-second';
      const ofSource = bySource.get(source) ?? 0;
      if (ofSource >= limits.connectionsPerSourceMax) return 'per-source';
      return incoming >= limits.connectionsMax ? 'in-all' : undefined;
    },
    came(source, transport) {
      const cost = costOf(transport);
      inWindow += cost;
      ofSecond.set(source, (ofSecond.get(source) ?? 0) + cost);
      incoming += 1;
      bySource.set(source, (bySource.get(source) ?? 0) + 1);
    },
    left(source) {
      incoming -= 1;
      const others = (bySource.get(source) ?? 1) - 1;
      if (others === 0) bySource.delete(source);
      else bySource.set(source, others);
    },
    of: (source) => bySource.get(source) ?? 0,
    clear() {
      bySource.clear();
      ofSecond.clear();
      incoming = 0;
    },
  };
}

const costOf = (transport: Transport) => (transport === 'tls' ? COST_OF_TLS : 1);
