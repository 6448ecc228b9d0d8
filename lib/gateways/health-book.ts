import { BoundedMap } from '../base/bounded-map.ts';
import type { Rng, World } from '../base/time.ts';
import {
  type Health,
  type HealthEvent,
  healthAt,
  sendTrial,
  shareAt,
  stepHealth,
  unknownHealth,
} from './health.ts';
import { type LastMinutes, lastMinutes, type Tally } from './last-minutes.ts';
import type { Gateway } from './options.ts';

const GATEWAYS_MAX = 10_000;
/** The weight of a new round trip among the former ones. [6298-2.3] */
const RTT_GAIN = 1 / 8;

/** What a hop said to the last probe: `200`, `silent`, `unsent: ...`. */
export type HopSaid = { readonly hop: string; readonly said: string };

/** What a call has shown of a gateway. */
export type GatewayOutcome = 'alive' | 'silent' | 'unreachable' | 'refused';

export type GatewayReport = Pick<Health, 'belief' | 'since' | 'why'> & {
  /** How long the rest lasts that it asked for; 0: it asked for none. */
  readonly restsMs: number;
  readonly rttMs: number | undefined;
  readonly callsNow: number;
  /** Counted when it is asked for: a hunt does not. */
  readonly lastMinutes: () => Tally;
  readonly hops: readonly HopSaid[];
};

/** What is known of each gateway; every gateway that is asked for is known from then on. */
export type HealthBook = {
  /** What a call has shown. */
  note(gateway: string, outcome: GatewayOutcome, restMs?: number): void;
  /** What a round of probes has shown. */
  probed(gateway: Gateway, event: ProbeEvent, hops: readonly HopSaid[]): void;
  report(gateway: Gateway): GatewayReport;
  /** Whether an ordinary call may take it in its turn; drawn anew for each call. */
  admits(gateway: Gateway): boolean;
  /** A call goes to it. */
  began(gateway: string, isEmergency: boolean): void;
  /** A call that went to it is there no more. */
  ended(gateway: string): void;
  /** The name is now another gateway's, or nobody's. */
  forget(gateway: string): void;
};

export type ProbeEvent =
  | { readonly on: 'alive'; readonly rttMs: number }
  | { readonly on: 'failed'; readonly why: string; readonly restMs: number | undefined };

/** A change of belief worth a line in the log. */
export type Turn = {
  readonly gateway: string;
  readonly before: Health['belief']['tag'];
  readonly after: Health['belief']['tag'];
  readonly why: string;
};

type Entry = {
  health: Health;
  rttMs: number | undefined;
  callsNow: number;
  readonly minutes: LastMinutes;
  hops: readonly HopSaid[];
  probe: Gateway['probe'];
};

const WHY: Readonly<Record<Exclude<GatewayOutcome, 'alive'>, string>> = {
  silent: 'silent to a call',
  unreachable: 'a call could not be sent',
  refused: '503 to a call',
};

/** Keeps what probes and real calls have shown, and tells each change of belief. */
export function healthBook(
  { clock, rng }: World,
  onTurn: (turn: Turn) => void = () => undefined,
): HealthBook {
  const entries = new BoundedMap<string, Entry>(GATEWAYS_MAX);
  const entryOf = (name: string): Entry => {
    const known = entries.get(name);
    if (known !== undefined) return known;
    const health = unknownHealth(clock.mono());
    const nothing = { rttMs: undefined, callsNow: 0, hops: [], probe: undefined };
    const entry: Entry = { health, minutes: lastMinutes(), ...nothing };
    entries.set(name, entry);
    return entry;
  };
  const settled = ({ name, probe }: Gateway): Entry => {
    const entry = entryOf(name);
    entry.probe = probe;
    entry.health = healthAt(entry.health, clock.mono(), probe);
    return entry;
  };
  const take = (name: string, entry: Entry, event: HealthEvent) => {
    const before = entry.health.belief.tag;
    entry.health = stepHealth(entry.health, event, entry.probe);
    const { belief, why } = entry.health;
    if (belief.tag !== before) onTurn({ gateway: name, before, after: belief.tag, why });
  };
  return {
    note(name, outcome, restMs) {
      const at = clock.mono();
      const entry = entryOf(name);
      if (outcome !== 'alive') entry.minutes.add('failed', at);
      if (outcome === 'alive') take(name, entry, { on: 'alive', by: 'call', at });
      else take(name, entry, { on: 'failed', by: 'call', at, why: WHY[outcome], restMs });
    },
    probed(gateway, event, hops) {
      const entry = settled(gateway);
      entry.hops = hops;
      if (event.on === 'alive') entry.rttMs = smoothed(entry.rttMs, event.rttMs);
      take(gateway.name, entry, { ...event, by: 'probe', at: clock.mono() });
    },
    report(gateway) {
      const { health, rttMs, callsNow, minutes, hops } = settled(gateway);
      const { belief, since, why, restsUntil } = health;
      const at = clock.mono();
      const restsMs = Math.max(0, Math.round((restsUntil ?? at) - at));
      const tally = () => minutes.at(clock.mono());
      return { belief, since, why, restsMs, rttMs, callsNow, lastMinutes: tally, hops };
    },
    admits: (gateway) => isWithin(shareAt(settled(gateway).health, clock.mono()), rng),
    began(name, isEmergency) {
      const entry = entryOf(name);
      entry.callsNow += 1;
      entry.minutes.add('calls', clock.mono());
      if (!isEmergency) entry.health = sendTrial(entry.health, clock.mono());
    },
    ended(name) {
      const entry = entries.get(name);
      if (entry !== undefined && entry.callsNow > 0) entry.callsNow -= 1;
    },
    forget: (name) => void entries.delete(name),
  };
}

/** Draws only where there is something to draw. */
function isWithin(share: number, rng: Rng): boolean {
  return share >= 1 || (share > 0 && rng.fraction() < share);
}

function smoothed(before: number | undefined, rttMs: number): number {
  return before === undefined ? rttMs : before + RTT_GAIN * (rttMs - before);
}
