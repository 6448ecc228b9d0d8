import type { World } from '../base/time.ts';
import { type Decide, step } from '../call/step.ts';
import type { Directory } from '../gateways/dns/directory.ts';
import { healthBook, type Turn } from '../gateways/health-book.ts';
import { type Probing, probing } from '../gateways/probe-loop.ts';
import { loopGuard } from '../guard/loop-guard.ts';
import { mergedInvites } from '../guard/merged-invites.ts';
import { shareBook } from '../guard/shares.ts';
import { tombstones } from '../guard/tombstones.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { EngineEars } from '../ports/engine-ears.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { MediaAnchor, MediaEars } from '../ports/media-anchor.ts';
import type { Listening, ReceivedOn, SipEngine, Stray } from '../ports/sip-engine.ts';
import { writeAddress } from '../sip/address.ts';
import { type Sides, sidesOf } from './carry-out.ts';
import { type GatewayViews, viewsOf } from './gateway-view.ts';
import { identities } from './identities.ts';
import { isEmergencyFor } from './judge.ts';
import { messenger } from './messenger.ts';
import {
  Neighbourhood,
  type NeighbourhoodParts,
  type NeighboursFor,
  type Origin,
} from './neighbourhood.ts';
import { type Desk, receptionist } from './receptionist.ts';
import { openRuntime } from './runtime.ts';
import type { SiteOptions } from './site-options.ts';
import {
  type Changeable,
  destinations,
  everyGateway,
  gatewaysLost,
  siteRules,
} from './site-rules.ts';
import { type Strain, strainWatch } from './strain.ts';
import { answerStray, noteCarried, noteOutOfReach } from './strays.ts';
import { teller } from './tell.ts';

/** One site at work. */
export type Node = GatewayViews & {
  listen(): Promise<Listening>;
  callsNow(): number;
  /** How much each of its maps holds. */
  sizes(): NodeSizes;
  /** Serves on, ordinary new calls apart; resolves when no call is left. */
  drain(): Promise<void>;
  readonly isDraining: boolean;
  /** Ends every call that is left, on both legs. */
  hangUpAll(): void;
  /**
   * Measures from now on how late it is, and refuses ordinary calls if it is too late; `waitedMs`
   * says how long what arrives waits before it is read. Answers what ends the measuring.
   */
  watch(waitedMs: () => number): () => void;
  strain(): Strain;
  /** New calls go by this from now on; those that are up keep what they began with. */
  reconfigure(next: Changeable): void;
  /** Asks no gateway any more: the node is at its end. */
  stop(): void;
};

export type NodeSizes = {
  readonly calls: number;
  readonly legs: number;
  /** Calls that a further INVITE would join. */
  readonly claims: number;
  /** Names of INVITEs of ours that are out at gateways. */
  readonly namesOut: number;
  /** Addresses without a trunk that are remembered. */
  readonly sources: number;
  readonly tombstones: number;
};

/** Made here, because each must know who listens to it. */
export type Doors = {
  readonly engineFor: (ears: EngineEars) => SipEngine;
  /** Absent, or nothing made: media flows past the site. */
  readonly anchorFor?: (ears: MediaEars) => MediaAnchor | undefined;
  /** Absent, or nothing made: no caller is spoken to. */
  readonly announcerFor?: () => Announcer | undefined;
  /** Absent: this site is the only one. */
  readonly neighboursFor?: NeighboursFor | undefined;
};

/**
 * Puts a site together. `decide` takes each event of each call: a test may store and restore the
 * state between two of them.
 */
export function siteNode(
  options: SiteOptions,
  world: World,
  sink: EventSink,
  directory: Directory,
  { engineFor, anchorFor, announcerFor, neighboursFor }: Doors,
  decide: Decide = step,
): Node {
  const quiet = quietness(() => runtime.callsNow());
  const graves = tombstones(world.clock);
  const health = healthBook(world, (turn) => noteTurn(sink, turn));
  const loops = loopGuard(() => desk.rules.options.keys);
  const merges = mergedInvites(world);
  const sides = sidesOf(options.listeners);
  const engine = engineFor(earsOf(() => ({ desk, receive, receiveMessage })));
  const names = identities(options, world);
  const anchor = anchorFor?.({ onLost: (callId) => runtime.onMediaLost(callId) });
  const neighbourhood = neighbourhoodOf(options, neighboursFor, {
    engine,
    originOf: (receivedOn) => originOf(desk, receivedOn),
    onYield: (claim) => runtime.onYield(claim),
    onBuried: (claim) => runtime.onBuried(claim),
    onCarried: (message, to) => noteCarried(message, to, sink),
  });
  const common = { world, sink, engine, identities: names, health, loops, merges, neighbourhood };
  const runtime = openRuntime({
    ...common,
    announcer: announcerFor?.(),
    sides,
    site: options.site,
    decide,
    tell: teller(sink, options.site),
    onQuiet: quiet.onQuiet,
  });
  const strain = strainWatch(world, sink, () => desk.rules.options.guard.lagMsMax);
  const desk: Desk = {
    ...common,
    rules: siteRules(options),
    directory,
    graves,
    shares: shareBook(world.clock),
    strain,
    anchor,
    runtime,
  };
  const probes = probesOf(desk, sides);
  directory.follow(destinations(options));
  const receive = receptionist(desk, quiet.isDraining);
  const receiveMessage = messenger(desk, sides, quiet.isDraining);
  return {
    listen: () => listenAndProbe(desk, probes),
    callsNow: runtime.callsNow,
    sizes: () => sizesOf(desk),
    drain: quiet.drain,
    get isDraining() {
      return quiet.isDraining();
    },
    hangUpAll: runtime.shutDown,
    watch: strain.start,
    strain: strain.now,
    reconfigure: (next) => reconfigure(desk, probes, next),
    ...viewsOf(desk),
    stop() {
      probes.close();
      merges.close();
    },
  };
}

type AtWork = {
  readonly desk: Desk;
  readonly receive: ReturnType<typeof receptionist>;
  readonly receiveMessage: ReturnType<typeof messenger>;
};

/** The engine is made before those who hear it. */
function earsOf(atWork: () => AtWork): EngineEars {
  return {
    isEmergency: (arrived) => isEmergencyFor(atWork().desk, arrived),
    onInvite: (invite) => atWork().receive(invite),
    onLeg(leg, event) {
      const { neighbourhood, runtime } = atWork().desk;
      if (neighbourhood?.hears(leg, event) !== true) runtime.onLeg(leg, event);
    },
    onStray: (stray) => receiveStray(atWork().desk, stray),
    onMessage: (message) => atWork().receiveMessage(message),
    onStrayResponse: (stray) => void atWork().desk.neighbourhood?.carryResponse(stray),
    onFault: (...what) => noteFault(atWork().desk.sink, ...what),
  };
}

/** Waits for the last call, once that is wanted. */
function quietness(callsNow: () => number) {
  let isDraining = false;
  let onQuiet: (() => void) | undefined;
  return {
    isDraining: () => isDraining,
    onQuiet: () => onQuiet?.(),
    drain: async () => {
      isDraining = true;
      if (callsNow() > 0) await new Promise<void>((resolve) => (onQuiet = resolve));
    },
  };
}

function neighbourhoodOf(
  { listeners, siteNumber: own }: SiteOptions,
  neighboursFor: NeighboursFor | undefined,
  parts: Omit<NeighbourhoodParts, 'listeners' | 'own' | 'neighboursFor'>,
): Neighbourhood | undefined {
  if (neighboursFor === undefined) return undefined;
  return new Neighbourhood({ ...parts, listeners, own, neighboursFor });
}

function originOf({ rules }: Desk, { source: { address }, certified }: ReceivedOn): Origin {
  const trunk = rules.findTrunk({ address, certified });
  return { source: trunk?.name ?? address, isVerified: trunk !== undefined };
}

/**
 * It belongs to no leg here; another site may know better. While that one is out of reach nobody
 * answers: a datagram comes again, and a 481 would leave the far leg to itself. [3261-12.2.1.2]
 */
function receiveStray(desk: Desk, stray: Stray): void {
  const { engine, graves, sink, neighbourhood, rules } = desk;
  const answerHere = () => answerStray(stray, engine, graves, rules.options.keys, sink);
  if (neighbourhood === undefined) answerHere();
  else if (stray.receivedOn.through !== undefined) neighbourhood.unmatched(stray);
  else {
    void neighbourhood.carry(stray).then((where) => {
      const isRepeated = stray.receivedOn.listener.transport === 'udp';
      if (where === 'here' || (where === 'out-of-reach' && !isRepeated)) answerHere();
      else engine.handOver(stray.id);
      if (where === 'out-of-reach') noteOutOfReach(stray, sink);
    });
  }
}

function sizesOf({ runtime, merges, loops, shares, graves }: Desk): NodeSizes {
  return {
    calls: runtime.callsNow(),
    legs: runtime.legsNow(),
    claims: merges.size(),
    namesOut: loops.size(),
    sources: shares.sourcesNow(),
    tombstones: graves.size(),
  };
}

function noteFault(sink: EventSink, ...what: Parameters<EngineEars['onFault']>): void {
  const [{ reason, method }, receivedOn, answered] = what;
  sink.count('faults', reason);
  const listener = writeAddress(receivedOn.listener);
  sink.note({ event: 'unparsable', level: 'debug', reason, method, listener, answered });
}

function probesOf(desk: Desk, sides: Sides): Probing {
  const { world, health, engine, directory } = desk;
  return probing({
    world,
    health,
    listenersToward: ({ isOutside }) => (isOutside === true ? sides.outside : sides.inside),
    hopsOf: ({ destination }) => directory.whereIs(destination).hops,
    probe: (...asked) => engine.probe(...asked),
  });
}

async function listenAndProbe(desk: Desk, probes: Probing): Promise<Listening> {
  const { engine, rules, neighbourhood } = desk;
  const listening = await engine.listen(rules.options.listeners);
  if (listening.kind === 'failed') return listening;
  neighbourhood?.listens();
  probes.follow(everyGateway(rules.options));
  return listening;
}

function noteTurn(sink: EventSink, { gateway, before, after, why }: Turn): void {
  const level = after === 'down' ? 'warn' : 'info';
  sink.note({ event: 'gateway-turned', level, gateway, before, after, why });
}

function reconfigure(desk: Desk, probes: Probing, next: Changeable): void {
  const { options: before } = desk.rules;
  desk.rules = siteRules({ ...before, ...next });
  desk.directory.follow(destinations(next));
  for (const name of gatewaysLost(before, next)) desk.health.forget(name);
  probes.follow(everyGateway(next));
}
