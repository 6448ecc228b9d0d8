import type { Alarm, World } from '../base/time.ts';
import type { Probe, ProbeOutcome } from '../ports/outside-dialogs.ts';
import type { Listener } from '../ports/sip-engine.ts';
import { familyOf } from '../sip/address.ts';
import { type Destination, type Hop, writeHop } from './dns/hop.ts';
import type { HealthBook, HopSaid, ProbeEvent } from './health-book.ts';
import { listenerToward } from './listener-toward.ts';
import type { Gateway, ProbeRules } from './options.ts';
import { placeOf } from './plan-hunt.ts';

/** The first questions of all gateways are spread over so long, then each has its own pace. */
const FIRST_WITHIN_MS = 1000;
/** Each pause differs by up to this share, so that sites and gateways do not fall into step. */
const JITTER = 0.15;
const HOPS_MAX = 8;
const NOT_ALIVE = 503;

export type Probing = {
  /** Asks these gateways from now on, and no others; those that are known keep their pace. */
  follow(gateways: readonly Gateway[]): void;
  close(): void;
};

export type ProbingParts = {
  readonly world: World;
  readonly health: HealthBook;
  /** The first of a transport and family is what probes leave from. */
  readonly listenersToward: (destination: Destination) => readonly Listener[];
  /** Where a gateway is, as far as it is known when this is asked. */
  readonly hopsOf: (gateway: Gateway) => readonly Hop[];
  readonly probe: (probe: Probe, onOutcome: (outcome: ProbeOutcome) => void) => void;
};

type Asked = { gateway: Gateway; rules: ProbeRules; alarm: Alarm };

/** Asks each gateway now and then whether it lives; one round at a time for each. */
export function probing({ world, health, listenersToward, hopsOf, probe }: ProbingParts): Probing {
  const asked = new Map<string, Asked>();
  const { timers, rng } = world;
  const wait = (one: Pick<Asked, 'gateway' | 'rules'>, delayMs: number): Alarm =>
    timers.set(delayMs, () => askOnce(one.gateway.name));
  const askOnce = (name: string) => {
    const one = asked.get(name);
    if (one === undefined) return;
    const { gateway, rules } = one;
    one.alarm = wait(one, pauseMs(rules, rng.fraction()));
    const by = { listeners: listenersToward(gateway.destination), probe };
    askHops({ gateway, hops: hopsOf(gateway) }, rules, by, (outcomes) => {
      if (asked.get(name)?.gateway !== gateway) return;
      const { event, hops } = roundOf(outcomes);
      health.probed(gateway, event, hops);
    });
  };
  const stop = (name: string) => {
    const one = asked.get(name);
    if (one !== undefined) timers.clear(one.alarm);
    asked.delete(name);
  };
  return {
    follow(gateways) {
      const wanted = new Map(gateways.map((gateway) => [gateway.name as string, gateway]));
      for (const name of asked.keys()) {
        if (wanted.get(name)?.probe === undefined) stop(name);
      }
      for (const [name, gateway] of wanted) {
        const rules = gateway.probe;
        if (rules === undefined) continue;
        const known = asked.get(name);
        if (known === undefined) {
          const alarm = wait({ gateway, rules }, rng.fraction() * FIRST_WITHIN_MS);
          asked.set(name, { gateway, rules, alarm });
        } else Object.assign(known, { gateway, rules });
      }
    },
    close() {
      for (const name of asked.keys()) stop(name);
    },
  };
}

function pauseMs({ everySec }: ProbeRules, chance: number): number {
  return everySec * 1000 * (1 - JITTER + 2 * JITTER * chance);
}

export type AskedBy = Pick<ProbingParts, 'probe'> & { readonly listeners: readonly Listener[] };

export type HopOutcome = { readonly hop: string; readonly outcome: ProbeOutcome };

/** Asks at each place of a gateway at once, and tells when the last one has answered or not. */
export function askHops(
  { gateway, hops: known }: { readonly gateway: Gateway; readonly hops: readonly Hop[] },
  { timeoutMs }: ProbeRules,
  { listeners, probe }: AskedBy,
  onRound: (outcomes: readonly HopOutcome[]) => void,
): void {
  const hops = known.slice(0, HOPS_MAX);
  const outcomes: HopOutcome[] = [];
  if (hops.length === 0) onRound(outcomes);
  const take = (hop: Hop, outcome: ProbeOutcome) => {
    outcomes.push({ hop: writeHop(hop), outcome });
    if (outcomes.length === hops.length) onRound(outcomes);
  };
  for (const hop of hops) {
    const listener = listenerToward(hop, hop.transport, listeners);
    if (listener === undefined)
      take(hop, {
        kind: 'unsent',
        why: `no ${hop.transport} listener over IPv${familyOf(hop.address)}`,
      });
    else {
      const nextHop = placeOf(gateway.uri, hop);
      const what = { listener, nextHop, uri: gateway.uri, timeoutMs };
      probe(what, (outcome) => take(hop, outcome));
    }
  }
}

/** A gateway lives if it does at one of its places; whatever it says but 503 is life. */
export function roundOf(outcomes: readonly HopOutcome[]): {
  readonly event: ProbeEvent;
  readonly hops: readonly HopSaid[];
} {
  const hops = outcomes.map(({ hop, outcome }) => ({ hop, said: saidBy(outcome) }));
  const rtts = outcomes.flatMap(({ outcome }) =>
    outcome.kind === 'answered' && outcome.status !== NOT_ALIVE ? [outcome.afterMs] : [],
  );
  if (rtts.length > 0) return { event: { on: 'alive', rttMs: Math.min(...rtts) }, hops };
  const rests = outcomes.flatMap(({ outcome }) =>
    outcome.kind === 'answered' && outcome.restMs !== undefined ? [outcome.restMs] : [],
  );
  const restMs = rests.length === 0 ? undefined : Math.min(...rests);
  const why = hops.length === 0 ? 'it is nowhere to be found' : `${hops[0]?.said} to a probe`;
  return { event: { on: 'failed', why, restMs }, hops };
}

function saidBy(outcome: ProbeOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `${outcome.status}`;
    case 'silent':
      return 'silent';
    case 'unsent':
      return `unsent: ${outcome.why}`;
  }
}
