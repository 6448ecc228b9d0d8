import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { whyOf } from '../../lib/base/why-of.ts';
import { LabFault } from './lab-fault.ts';
import { distFile, sourceFile } from './lab-files.ts';
import { SKEW_MS, skewedSite } from './rows-faults.ts';
import { KEY_VARIABLE, siteFile } from './site-file.ts';
import { mendRedis } from './site-redis.ts';
import {
  ANYCAST,
  CALLERS,
  GATEWAY,
  GATEWAYS_PLACE,
  placesOf,
  quietLinks,
  siteName,
} from './topology.ts';
import { openTransitLink, type TransitLink } from './transit-link.ts';
import { within } from './within.ts';

const READY_MS_MAX = 20_000;
const GONE_MS_MAX = 12_000;
const LOG_CHARS_SHOWN = 2000;
const CALM = { jitterMs: 0, loss: 0, copies: 0, disorder: 0, cut: false } as const;
const WIRE_BYTES_MAX = 512 << 20;

export type LabOptions = {
  readonly folder: string;
  readonly sites: number;
  readonly seed: number;
  readonly betweenSitesMs: number;
  /** It ends by itself after so long, whoever forgot it. */
  readonly lifeSec: number;
  /** One site runs another build of the project; absent: all run this one. */
  readonly older?: { readonly site: number; readonly root: string };
};

/** What a lab leaves in its folder for the next command. */
type Card = LabOptions & { readonly pid: number; readonly key: string };

/** A lab that is up, seen by one command. */
export type RunningLab = {
  readonly options: LabOptions;
  readonly transit: TransitLink;
  /** Links and Redis as after `up`: no loss, no cut, nothing hung. */
  calm(): Promise<void>;
  startSite(site: number): Promise<void>;
  /** Waits until the node is gone; its calls are hung up. */
  stopSite(site: number): Promise<void>;
  /** What is put before a command so that it runs in a namespace. */
  enter(place: string): Promise<readonly string[]>;
  close(): void;
};

const cardOf = (folder: string) => path.join(folder, 'lab.json');
/** A lab whose time was over has left its files, and is not up. */
export const isUp = (folder: string) =>
  existsSync(cardOf(folder)) && isTransit(readCard(folder).pid, folder);

/** Builds it all, and waits until every node is ready; what failed half-way is taken down again. */
export async function bringUp(options: LabOptions): Promise<RunningLab> {
  const { folder } = options;
  await prepare(folder);
  try {
    const pid = startTransit(options);
    const card: Card = { ...options, pid, key: randomBytes(32).toString('hex') };
    writeFileSync(cardOf(folder), JSON.stringify(card), { mode: 0o600 });
    const lab = await reach(card);
    await lab.calm();
    await startGateway(lab);
    await Promise.all(numbersOf(options).map((site) => lab.startSite(site)));
    await linked(options);
    return lab;
  } catch (error) {
    const why = whyOf(error);
    const log = readText(path.join(folder, 'transit.log')).slice(-LOG_CHARS_SHOWN);
    await takeDown(folder);
    rmSync(folder, { recursive: true, force: true });
    throw new LabFault(`${why}\n${log}`.trim());
  }
}

/** An empty folder, since `down` removes all that is in it. */
async function prepare(folder: string): Promise<void> {
  if (isUp(folder)) throw new LabFault(`a lab is up in ${folder}`);
  if (process.getuid?.() !== 0) throw new LabFault('namespaces need root');
  if (!existsSync('/dev/net/tun')) throw new LabFault('there is no /dev/net/tun');
  if (existsSync(cardOf(folder))) await takeDown(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0)
    throw new LabFault(`${folder} is not empty; an empty folder, or none, would be right`);
}

/** Connects to the lab of a folder. */
export async function joinLab(folder: string): Promise<RunningLab> {
  if (!isUp(folder)) throw new LabFault(`no lab is up in ${folder}; "lab up" starts one`);
  return reach(readCard(folder));
}

/** Ends everything, and removes the folder; answers what would not go. */
export async function takeDown(folder: string): Promise<string | undefined> {
  if (!existsSync(cardOf(folder))) return `no lab is up in ${folder}`;
  const { pid } = readCard(folder);
  // SIGTERM is enough; the router ends what it has started before it goes itself.
  if (isTransit(pid, folder)) process.kill(pid, 'SIGTERM');
  const isGone = await within(GONE_MS_MAX, () => !isTransit(pid, folder));
  if (!isGone) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  return isGone ? undefined : `the router ${pid} had to be killed`;
}

const readCard = (folder: string): Card => JSON.parse(readFileSync(cardOf(folder), 'utf8'));
const numbersOf = ({ sites }: LabOptions) => Array.from({ length: sites }, (_, index) => index + 1);

/** Nothing of a file that is not there, or is gone while it is read. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A number may have passed to another process since. */
function isTransit(pid: number, folder: string): boolean {
  const words = readText(`/proc/${pid}/cmdline`).split('\0');
  return words.includes(path.join(folder, 'plan.json'));
}

function startTransit(options: LabOptions): number {
  const { folder, sites, seed, lifeSec } = options;
  const outer = Object.fromEntries(numbersOf(options).map((site) => [site, 'out']));
  const plan = {
    socket: path.join(folder, 'transit.sock'),
    wire: path.join(folder, 'wire.ndjson'),
    wireBytesMax: WIRE_BYTES_MAX,
    lifeSec,
    seed,
    sites,
    outer,
    anycast: ANYCAST,
    firewalled: CALLERS.behindFirewall,
    places: placesOf(sites),
  };
  const file = path.join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  const log = openSync(path.join(folder, 'transit.log'), 'a');
  // -B: nothing of it stays beside its source.
  const child = spawn('python3', ['-B', sourceFile('transit/transit.py'), file], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new LabFault('python3 cannot be started');
  return child.pid;
}

async function reach(card: Card): Promise<RunningLab> {
  const { folder, sites, betweenSitesMs, pid } = card;
  const socket = path.join(folder, 'transit.sock');
  await within(READY_MS_MAX, () => existsSync(socket) || !isAlive(pid));
  if (!existsSync(socket)) throw new LabFault('the transit router did not start');
  const transit = await openTransitLink(socket);
  const lab: RunningLab = {
    options: card,
    transit,
    async calm() {
      for (const { between, setting } of quietLinks(sites, betweenSitesMs))
        await transit.link(between, { ...CALM, ...setting });
      await mendRedis(transit, folder);
    },
    startSite: (site) => startSite(card, transit, site),
    async stopSite(site) {
      const name = siteName(site);
      await transit.signal(name, 'SIGTERM');
      await pause(200);
      if (await transit.isRunning(name)) await transit.signal(name, 'SIGTERM');
      const isGone = await within(GONE_MS_MAX, async () => !(await transit.isRunning(name)));
      if (!isGone) throw new LabFault(`${name} does not end`);
    },
    async enter(place) {
      const { pid: router, places } = await transit.state();
      const handle = places[place];
      const known = Object.keys(places).join(', ');
      if (handle === undefined) throw new LabFault(`${place} is none of ${known}`);
      return ['nsenter', `--net=/proc/${router}/fd/${handle}`, '--'];
    },
    close: () => transit.close(),
  };
  return lab;
}

async function startSite(card: Card, transit: TransitLink, site: number): Promise<void> {
  const cwd = path.join(card.folder, siteName(site));
  mkdirSync(cwd, { recursive: true });
  const file = path.join(cwd, 'site.yaml');
  const isOlder = card.older?.site === site;
  writeFileSync(file, siteFile(site, card.sites, isOlder));
  const log = path.join(cwd, 'node.log');
  const steps = path.join(cwd, 'steps.ndjson');
  const startsBefore = timesOf('ready', steps);
  const skew = site === skewedSite(card.sites) ? [`--import=${skewedClock(SKEW_MS)}`] : [];
  const root = isOlder ? card.older?.root : undefined;
  const argv = [...skew, distFile('cli/landfall.js', root), 'start', '--config', file];
  await transit.start({
    name: siteName(site),
    place: siteName(site),
    argv: [process.execPath, ...argv],
    cwd,
    log,
    env: { [KEY_VARIABLE]: card.key },
  });
  const isReady = await within(READY_MS_MAX, async () => {
    if (!(await transit.isRunning(siteName(site)))) return true;
    return timesOf('ready', steps) > startsBefore;
  });
  if (!isReady || !(await transit.isRunning(siteName(site))))
    throw new LabFault(
      `${siteName(site)} did not start:\n${readText(log).slice(-LOG_CHARS_SHOWN)}`,
    );
}

const timesOf = (event: string, steps: string) =>
  readText(steps).split(`"event":"${event}"`).length - 1;

/** Every site has found the others; what a site does before that is another story. */
async function linked(options: LabOptions): Promise<void> {
  const numbers = numbersOf(options);
  const isLinked = (site: number) =>
    timesOf('peer-up', path.join(options.folder, siteName(site), 'steps.ndjson')) >=
    options.sites - 1;
  if (!(await within(READY_MS_MAX, () => numbers.every(isLinked))))
    throw new LabFault('the sites do not find one another');
}

/** A module that puts the wall clock of a process forward. */
function skewedClock(ms: number): string {
  const code = `const now = Date.now; Date.now = () => now() + ${ms};`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

async function startGateway({ options, transit }: RunningLab): Promise<void> {
  await transit.start({
    name: GATEWAYS_PLACE,
    place: GATEWAYS_PLACE,
    argv: [process.execPath, distFile('lab/scripted-gateway.js'), GATEWAY],
    cwd: options.folder,
    log: path.join(options.folder, 'gateways.log'),
    env: {},
  });
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
