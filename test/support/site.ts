import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import type { CallRecord } from '../../lib/call/record.ts';
import type { Step } from '../../lib/call/story.ts';
import type { Notice } from '../../lib/ports/event-sink.ts';
import { type Address, defaultPort, type Transport, writeAddress } from '../../lib/sip/address.ts';
import { type Child, type ChildEnd, startChild } from './child.ts';
import { until } from './until.ts';

export const PROGRAM = join(__dirname, '..', '..', 'dist', 'apps', 'cli', 'landfall.js');
const LIFE_MS = 300_000;

export type SiteOptions = {
  readonly folder: string;
  /** The first three numbers of its addresses, `127.21.1`: no two test files have the same. */
  readonly net: string;
  /** A loopback address for its admin server, where `net` is no loopback network. */
  readonly adminHost?: string;
  /** In the order in which a hunt tries them. */
  readonly gateways: readonly Address[];
  /** Further keys of the site file, over those that are written here. */
  readonly keys?: Readonly<Record<string, unknown>>;
};

/** A node of its own process, with its state and its log in the folder of the test. */
export type Site = {
  readonly anycast: Address;
  readonly unicast: Address;
  readonly gatewaySide: Address;
  readonly admin: string;
  readonly child: Child;
  /** Writes the site file anew with other further keys; the node does not know of it yet. */
  rewrite(keys: Readonly<Record<string, unknown>>): void;
  records(): readonly CallRecord[];
  steps(): readonly Step[];
  /** The lines of the log that are no step of a call. */
  notices(): readonly Notice[];
  /** Waits until that many calls have ended. */
  recordsOf(count: number, withinMs?: number): Promise<readonly CallRecord[]>;
  recordOf(sipCallIdA: string, withinMs?: number): Promise<CallRecord>;
  /** The sum of a metric over the labels that the text names: `verdict="forged"`. */
  metric(name: string, label?: string): Promise<number>;
  /** SIGTERM: no longer ready, and gone when its last call has ended by itself. */
  drain(): Promise<ChildEnd>;
  /** A second SIGTERM: hangs up what is left. */
  endNow(): Promise<ChildEnd>;
};

/** Starts a node and waits until it is ready. */
export async function startSite(options: SiteOptions): Promise<Site> {
  const { folder, net } = options;
  const file = join(folder, 'site.yaml');
  const rewrite = (keys: SiteOptions['keys']) =>
    writeFileSync(file, JSON.stringify(siteFile({ ...options, keys: { ...keys } }), null, 2));
  rewrite(options.keys);
  const child = startChild(process.execPath, [PROGRAM, 'start', '--config', file], {
    cwd: folder,
    lifeMs: LIFE_MS,
  });
  const admin = `http://${adminOf(options)}`;
  await until(
    `${admin}/readyz`,
    () => {
      if (child.isOver()) throw new Error(`the node ended at once:\n${child.output()}`);
      return isReady(admin);
    },
    10_000,
  );
  const readLog = <T>() => readLines<T>(join(folder, 'steps.ndjson'));
  const records = () => readLines<CallRecord>(join(folder, 'calls.ndjson'));
  return {
    ...addressesOf(net),
    admin,
    child,
    rewrite,
    records,
    steps: () => readLog<Step>().filter(({ leg }) => leg !== undefined),
    notices: () => readLog<Notice>().filter(({ leg }) => leg === undefined),
    recordsOf: (count, withinMs) =>
      until(`${count} records`, () => atLeast(records(), count), withinMs),
    recordOf: (sipCallIdA, withinMs) =>
      until(
        `the record of ${sipCallIdA}`,
        () => records().find((record) => record.sipCallIdA === sipCallIdA),
        withinMs,
      ),
    metric: (name, label) => readMetric(admin, name, label),
    async drain() {
      child.signal('SIGTERM');
      return child.ended;
    },
    async endNow() {
      child.signal('SIGTERM');
      await until('the end of readiness', async () => !(await isReady(admin)));
      // Without calls it ends by itself, and a signal in the middle of that would count.
      if ((await readMetric(admin, 'landfall_calls_active')) > 0) child.signal('SIGTERM');
      return child.ended;
    },
  };
}

export function addressesOf(net: string) {
  return {
    anycast: { address: `${net}.112`, port: 5060 },
    unicast: { address: `${net}.11`, port: 5060 },
    gatewaySide: { address: `${net}.21`, port: 5060 },
  };
}

/** The listeners of a site that speaks these, instead of UDP alone. */
export function listensOn(net: string, ...transports: readonly Transport[]) {
  const { anycast, unicast, gatewaySide } = addressesOf(net);
  const each = ({ address }: Address) =>
    transports.map((transport) => ({ transport, address, port: defaultPort(transport) }));
  return { anycast: each(anycast), unicast: each(unicast), gateway: each(gatewaySide) };
}

function adminOf({ net, adminHost = `${net}.1` }: SiteOptions): string {
  return `${adminHost}:8112`;
}

function siteFile(options: SiteOptions) {
  const { net, gateways, keys } = options;
  const { anycast, unicast, gatewaySide } = addressesOf(net);
  const names = gateways.map((_, index) => `gw${index + 1}`);
  return {
    site: 'tst',
    siteNumber: 1,
    stateDir: './state',
    listen: {
      anycast: [{ transport: 'udp', ...anycast }],
      unicast: [{ transport: 'udp', ...unicast }],
      gateway: [{ transport: 'udp', ...gatewaySide }],
    },
    gateways: gateways.map((gateway, index) => ({
      name: names[index],
      uri: `sip:${writeAddress(gateway)}`,
      priority: index + 1,
    })),
    groups: [
      { name: 'psap', gateways: names, emergency: true },
      { name: 'carrier', gateways: names },
    ],
    routes: [
      { match: { urn: 'urn:service:sos' }, group: 'psap' },
      { match: { user: '112' }, group: 'psap' },
      { match: { user: '*' }, group: 'carrier' },
    ],
    trunks: [{ name: 'loopback', source: ['127.0.0.0/8'] }],
    // What plays the gateway in most tests knows no OPTIONS.
    probe: { everySec: 0 },
    log: { steps: './steps.ndjson', records: './calls.ndjson' },
    admin: { listen: adminOf(options) },
    ...keys,
  };
}

async function isReady(admin: string): Promise<boolean> {
  return (await fetchPage(`${admin}/readyz`)).status === 200;
}

export type Page = { readonly status: number; readonly text: string };

/** Status 0 where nobody listens. Each page has a connection of its own, closed with its end. */
export function fetchPage(url: string): Promise<Page> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', () => resolve({ status: 0, text: '' }));
  });
}

/** The lines that are whole; the last one may still be on its way into the file. */
function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line): T => JSON.parse(line));
}

const atLeast = <T>(list: readonly T[], count: number) => (list.length < count ? undefined : list);

async function readMetric(admin: string, name: string, label = ''): Promise<number> {
  const { text } = await fetchPage(`${admin}/metrics`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
