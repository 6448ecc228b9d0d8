import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { overridesOf } from '../../config/layers.ts';
import { loadConfig, type ValidConfig } from '../../config/load.ts';
import { describeProblem } from '../../config/problems.ts';
import { type SiteConfig, siteOptions } from '../../config/site-config.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import type { World } from '../../lib/base/time.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import { type Node, siteNode } from '../../lib/node/node.ts';
import type { SiteOptions } from '../../lib/node/site-options.ts';
import { type Observer, openObserver } from '../../lib/observe/log-sink.ts';
import type { Present } from '../../lib/observe/readings.ts';
import type { EngineEars } from '../../lib/ports/engine-ears.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { Listener } from '../../lib/ports/sip-engine.ts';
import { writeAddress } from '../../lib/sip/address.ts';
import type { ClusterKey } from '../../lib/sip/owner-token.ts';
import type { ExitCode, Io } from '../cli/io.ts';
import { openAdmin } from './admin-http.ts';
import { type Engines, openEngines } from './engines.ts';
import { siteMedia } from './media.ts';
import { straysIn } from './nodes-view.ts';
import { type OpenQuarantine, openQuarantine } from './quarantine.ts';
import { type ReloadParts, reloader } from './reload.ts';
import { siteLinks } from './site-links.ts';
import { siteStreams } from './site-streams.ts';
import { nextEpoch, ownKey, tellOfState } from './state-dir.ts';
import { openSought, writtenHosts } from './whereabouts.ts';

/** How long the last BYEs may take before the sockets close. */
const FAREWELL_MS = 2000;
const LOOK_EVERY_MS = 50;
/** How long the first call may wait for gateways to be found; a dead resolver stops no node. */
const NAMES_MS = 2000;
/** How long it may wait for what the peers know of calls from before; a dead peer stops no node. */
const PEERS_MS = 2000;

/** Runs a node until it is told to stop and its last call has ended. */
export async function start(args: readonly string[], io: Io): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: 'string' }, set: { type: 'string', multiple: true, default: [] } },
  });
  if (values.config === undefined) {
    io.err('landfall start: --config is missing; write landfall start --config FILE');
    return 2;
  }
  const file = values.config;
  const load = () =>
    loadConfig({
      file,
      env: process.env,
      overrides: overridesOf(values.set),
      readFile: (path) => readFileSync(path, 'utf8'),
    });
  const loaded = load();
  if (loaded.kind === 'invalid') {
    for (const problem of loaded.problems) io.err(describeProblem(problem, file));
    return 1;
  }
  return await runSite(loaded, { file, load }, io);
}

async function runSite(
  loaded: ValidConfig,
  source: Pick<ReloadParts, 'file' | 'load'>,
  io: Io,
): Promise<ExitCode> {
  const { config } = loaded;
  const world = realWorld();
  const epoch = nextEpoch(config.stateDir, world.clock);
  const own = config.keys.length > 0 ? undefined : ownKey(config.stateDir, world.rng);
  const optionsOf = (configured: SiteConfig) => {
    const keys = own === undefined ? configured.keys : [own.key];
    return siteOptions(configured, { epoch: epoch.epoch, keys });
  };
  const options = optionsOf(config);
  const observer = openObserver({
    ...config.log,
    site: options.site,
    world,
    readableHosts: writtenHosts(config),
    present: () => presentOf(site),
  });
  const { sink } = observer;
  tellOfState(epoch, own, sink);
  const quarantine = openQuarantine(config.stateDir, { world, sink });

  keepGoing(observer);
  process.on('SIGHUP', observer.reopen);
  let running = config;
  const keysNow = () => optionsOf(running).keys;
  const site = openSite(options, () => running, { world, observer, quarantine, keysNow });
  const { node, engine } = site;
  const stopped = stopOnSignals(node, observer);
  const deaf = await listenAll(site, world);
  if (deaf !== undefined) {
    io.err(`landfall start: ${deaf}`);
    return await failed(site, observer);
  }
  const take = (next: SiteConfig) => {
    running = next;
    node.reconfigure(optionsOf(next));
    site.showHosts();
  };
  const lookAgain = () => quarantine.lookAgain();
  const reload = reloader(loaded, { ...source, sink, take, lookAgain });
  process.on('SIGHUP', () => reload('SIGHUP'));
  const admin = await openAdmin({
    ...config.admin,
    ...pagesOf(site, options, observer),
    reload: () => reload('admin'),
  });
  if (admin.kind === 'failed') {
    io.err(`landfall start: ${admin.why}`);
    return await failed(site, observer);
  }
  announce(options.listeners, config, sink);
  const stopWatching = node.watch(() => engine.waitedMs());
  await stopped.then(stopWatching);
  await farewell(node, world, () => engine.sizes().clientTransactions + node.callsNow());
  await site.close();
  await admin.close();
  sink.note({ event: 'stopped', level: 'info' });
  await observer.close();
  return 0;
}

function pagesOf(
  { node, links }: OpenSite,
  { site, siteNumber: number, epoch }: SiteOptions,
  { recent, metricsText, sink }: Observer,
) {
  const own = { site, number, epoch };
  return {
    nodes: async () => ({ own, ...links.nodes(), strays: straysIn(await metricsText()) }),
    recent,
    sink,
    allSites: links.allSites,
    metricsText,
    readiness: () => ({ ready: !node.isDraining, why: node.isDraining ? 'draining' : 'ready' }),
    gateways: node.gateways,
    explain: node.explain,
  };
}

type OpenSite = ReturnType<typeof openSite>;

type OpenParts = {
  readonly world: World;
  readonly observer: Observer;
  readonly quarantine: OpenQuarantine;
  readonly keysNow: () => readonly ClusterKey[];
};

/** Peers first, since the first message may be theirs. Answers what could not be listened on. */
async function listenAll(
  { node, links, directory }: OpenSite,
  world: World,
): Promise<string | undefined> {
  const linked = await links.open();
  if (linked.kind === 'failed') return `cluster.link: ${linked.why}`;
  // Who has echoed has told before what it holds for this site.
  const isMet = () => links.peers().every(({ rttMs }) => rttMs !== undefined);
  await Promise.all([directory.settled(NAMES_MS), within(PEERS_MS, isMet, world)]);
  const listening = await node.listen();
  if (listening.kind === 'listening') return undefined;
  const { listener, why } = listening;
  return `listen.${listener.role} ${writeAddress(listener)}: ${why}`;
}

/** The node, over its engine and what finds its gateways. */
function openSite(
  options: SiteOptions,
  configured: () => SiteConfig,
  { world, observer, quarantine, keysNow }: OpenParts,
) {
  const { sink } = observer;
  const sought = openSought(configured, { world, sink, onMoved: () => showHosts() });
  const showHosts = () =>
    observer.reconfigure({ level: configured().log.level, readableHosts: sought.readableHosts() });
  const { directory } = sought;
  const { drachtio: servers, media: config, cluster, tls, nat, sessionTimer } = configured();
  const streams = siteStreams(tls, { world, sink });
  const limits = {
    natKeepAliveMs: nat.keepAliveMs,
    sessionExpiresSec: sessionTimer.expiresSec,
  };
  const parts = { datagrams: udpDatagrams(), streams: streams.by, limits, quarantine };
  const { site: name, siteNumber: site, epoch } = options;
  const { recent } = observer;
  const links = siteLinks(cluster, { world, sink, name, site, epoch, recent, keysNow });
  const media = siteMedia({ world, sink, config, listeners: options.listeners });
  let engines: Engines | undefined;
  const engineFor = (ears: EngineEars) => {
    engines = openEngines({ ...parts, world, ears: media.earsFor(ears) }, servers, sink);
    media.useEngine(engines.whole);
    return engines.whole;
  };
  const { neighboursFor } = links;
  const doors = { engineFor, ...media, neighboursFor };
  const node = siteNode(options, world, sink, directory, doors);
  if (engines === undefined) throw new Error('the node made no engine');
  const { whole, builtin } = engines;
  const close = async () => {
    await whole.close();
    streams.close();
    media.close();
    directory.close();
    await links.close();
    quarantine.close();
  };
  return { node, engine: builtin, directory, links, streams, showHosts, close };
}

async function failed(site: OpenSite, observer: Observer): Promise<1> {
  await site.close();
  await observer.close();
  return 1;
}

function presentOf({ node, engine, links, streams }: OpenSite): Present {
  return {
    callsActive: node.callsNow(),
    lagMs: node.strain().lagMs,
    refusedShare: node.strain().refusedShare,
    connections: engine.connectionsNow(),
    connectionsRefused: engine.counts().connections.refused,
    connectionsGivenUp: engine.counts().connections.givenUp,
    gateways: node.gateways(),
    peers: links.peers(),
    certificateUntil: streams.certificateUntil(),
  };
}

/**
 * A bug outside every call is told and survived: the calls that are up are worth more than a clean
 * end.
 */
function keepGoing({ sink, flushNow }: Observer): void {
  process.on('uncaughtException', (error) => {
    sink.note({ event: 'bug', level: 'error', stack: error.stack });
  });
  process.on('exit', flushNow);
}

/** The first signal drains; the second hangs up what is left. Resolves when no call is left. */
function stopOnSignals(node: Node, { sink }: Observer): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (signal: string) => {
      signals += 1;
      const calls = node.callsNow();
      if (signals === 1) {
        sink.note({ event: 'drain-started', level: 'info', signal, calls });
        void node.drain().then(resolve);
        return;
      }
      sink.note({ event: 'hanging-up', level: 'warn', signal, calls });
      node.hangUpAll();
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

function farewell(node: Node, world: World, owed: () => number): Promise<void> {
  node.stop();
  return within(FAREWELL_MS, () => owed() === 0, world);
}

/** Resolves once it is true, or when the time is over. */
function within(
  ms: number,
  isTrue: () => boolean,
  { clock, timers }: Pick<World, 'clock' | 'timers'>,
): Promise<void> {
  const until = clock.mono() + ms;
  return new Promise((resolve) => {
    const look = () => {
      if (isTrue() || clock.mono() >= until) resolve();
      else timers.set(LOOK_EVERY_MS, look);
    };
    look();
  });
}

function announce(listeners: readonly Listener[], { admin }: SiteConfig, sink: EventSink): void {
  for (const listener of listeners) {
    const { role, transport } = listener;
    const local = writeAddress(listener);
    sink.note({ event: 'listening', level: 'info', role, transport, local });
  }
  sink.note({ event: 'ready', level: 'info', admin: `http://${writeAddress(admin.listen)}` });
}
