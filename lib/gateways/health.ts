import { BoundedMap } from '../base/bounded-map.ts';
import { type MonoMs, monoMs } from '../base/brands.ts';
import type { Clock } from '../base/time.ts';

/** How long a gateway that was silent or said 503 is tried after the others. */
const DOWN_MS = 10_000;
const GATEWAYS_MAX = 10_000;

export type GatewayOutcome = 'alive' | 'silent' | 'refused';

/** What real calls have shown of each gateway lately. */
export type Health = {
  note(gateway: string, outcome: GatewayOutcome): void;
  isDown(gateway: string): boolean;
  /** The name is now another gateway's, or nobody's. */
  forget(gateway: string): void;
};

/** A gateway that failed a call is believed down for a while; one sign of life ends that. */
export function healthBook(clock: Clock): Health {
  const downUntil = new BoundedMap<string, MonoMs>(GATEWAYS_MAX);
  return {
    note(gateway, outcome) {
      if (outcome === 'alive') downUntil.delete(gateway);
      else downUntil.set(gateway, monoMs(clock.mono() + DOWN_MS));
    },
    isDown(gateway) {
      const until = downUntil.get(gateway);
      return until !== undefined && clock.mono() < until;
    },
    forget(gateway) {
      downUntil.delete(gateway);
    },
  };
}
