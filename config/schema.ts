import type { LogLevel } from '../lib/observe/log-sink.ts';
import { ADMIN_LISTEN, NAME_SERVER } from './addresses.ts';
import { ELEMENT, SITE_NAME, SITE_NUMBER } from './cluster-items.ts';
import { CLUSTER, PEERS } from './cluster-schema.ts';
import { anyList, filePath, listOf, oneOf, orEmpty, wholeNumber, zeroOr } from './formats.ts';
import { PROBE_FORMATS } from './gateway-formats.ts';
import { NAME } from './items.ts';
import { type Leaf, leaf, live, optional, required } from './leaf.ts';
import { MEDIA } from './media-schema.ts';
import { SECRET_REF } from './secrets.ts';
import { TLS } from './tls-schema.ts';

export type Branch = { readonly [key: string]: Leaf<unknown> | Branch };

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

const FOLDER = filePath('folder', 'write a folder, such as ./state');
const STEPS = filePath('log target', 'write stdout, none or a file such as ./steps.ndjson');
const RECORDS = filePath('record file', 'write a file such as ./calls.ndjson, or none', ['stdout']);

/** Every key of the site file, with a sentence each. What a list holds stands in items.ts. */
export const SCHEMA = {
  site: required(SITE_NAME, 'The name of this site; call ids and log lines start with it.'),
  siteNumber: required(
    SITE_NUMBER,
    'The number of this site inside owner tokens; no two sites share one.',
  ),
  element: optional(
    ELEMENT,
    'How networks of emergency services (NENA i3) call this site. With it emergency calls get what ' +
      'they do not have yet: Call-Info with emergency-CallId and emergency-IncidentId, and ' +
      'Resource-Priority esnet.1. Left out: nothing is added.',
  ),
  stateDir: leaf(
    FOLDER,
    './state',
    'The folder that keeps the start counter and, without cluster.keys, the key of this site.',
  ),
  listen: {
    anycast: leaf(
      anyList('[{ transport: udp, address: 192.0.2.112, port: 5060 }]'),
      [],
      'The listeners on A, the address that every site announces and callers dial.',
    ),
    unicast: required(
      anyList('[{ transport: udp, address: 198.51.100.11, port: 5060 }]'),
      'The listeners on U, the address of this site alone, where calls go on after the answer.',
    ),
    gateway: required(
      anyList('[{ transport: udp, address: 10.0.0.11, port: 5060 }]'),
      'The listeners that face the media gateways.',
    ),
  },
  engine: {
    gateway: leaf(
      oneOf<'builtin' | 'drachtio'>('gateway-side engine', ['builtin', 'drachtio']),
      'builtin',
      'The SIP engine toward the gateways; the caller side is always the builtin one. With drachtio ' +
        'the builtin one still carries what no drachtio-server can: see engine.drachtio.',
    ),
    drachtio: leaf(
      anyList('[{ host: 127.0.0.1, secret: "env:DRACHTIO_SECRET" }]'),
      [],
      'The drachtio-servers that calls to gateways go through in turn, with engine.gateway: ' +
        'drachtio. A call goes by the builtin engine when none is up, or when its INVITE is too ' +
        'large or no text; its log line says why.',
    ),
  },
  gateways: live(
    required(
      anyList('[{ name: psap-a, uri: "sip:10.0.1.31:5060" }]'),
      'The media gateways that calls are bridged to.',
    ),
  ),
  groups: live(
    required(
      anyList('[{ name: psap, gateways: [psap-a], emergency: true }]'),
      'The groups of gateways that a call hunts through.',
    ),
  ),
  routes: live(
    leaf(
      anyList('[{ match: { user: "112" }, group: psap }]'),
      [],
      'What is dialled, and the group it goes to; the first match decides.',
    ),
  ),
  callbacks: {
    group: live(
      optional(
        NAME,
        'The group that calls of gateways go to, as a PSAP calls somebody back: its gateways are ' +
          'outside, such as carriers, and are reached from U. A call with Priority: psap-callback is ' +
          'treated as an emergency call. Left out: what comes in on the gateway side is refused.',
      ),
    ),
  },
  trunks: live(
    leaf(
      anyList('[{ name: carrier-x, source: ["203.0.113.0/24"] }]'),
      [],
      'The known sources of calls; all others reach emergency groups only.',
    ),
  ),
  dns: {
    servers: live(
      leaf(
        orEmpty(listOf(NAME_SERVER, '["10.0.0.53", "10.0.1.53:5353"]')),
        [],
        'The servers that names of gateways are looked up at, the first one that knows deciding. ' +
          'Empty: those of /etc/resolv.conf.',
      ),
    ),
  },
  tls: TLS,
  peers: PEERS,
  cluster: CLUSTER,
  guard: {
    callsPerSecMax: live(
      leaf(
        wholeNumber(1, 1_000_000),
        10,
        'How many calls a second one address may bring that no trunk names; what is over is marked.',
      ),
    ),
    callsMax: live(
      leaf(
        wholeNumber(1, 1_000_000),
        50,
        'How many calls at once such an address may have; what is over is marked.',
      ),
    ),
    lagMsMax: live(
      leaf(
        wholeNumber(20, 10_000),
        150,
        'How many milliseconds late this node may be before it refuses ordinary calls, ever more of them.',
      ),
    ),
  },
  media: MEDIA,
  nat: {
    keepAliveMs: leaf(
      wholeNumber(1000, 600_000),
      25_000,
      'How often, in milliseconds, a UDP caller behind NAT gets OPTIONS within its call, so that its router keeps the way open.',
    ),
  },
  sessionTimer: {
    expiresSec: leaf(
      zeroOr(90, 86_400),
      1800,
      'After how many seconds without a refresh a session is dead, where gateway or caller names no ' +
        'other time; Landfall refreshes each leg at half of it. 0: it asks for no session timers ' +
        '(RFC 4028), and serves those who do.',
    ),
  },
  probe: {
    everySec: live(
      leaf(
        PROBE_FORMATS.everySec,
        10,
        'How often, in seconds, each gateway is asked by OPTIONS whether it lives; 0: never.',
      ),
    ),
    downAfter: live(
      leaf(
        PROBE_FORMATS.downAfter,
        3,
        'After how many failures in a row a gateway is down: silence, 503, or not reached.',
      ),
    ),
    upAfter: live(
      leaf(
        PROBE_FORMATS.upAfter,
        2,
        'After how many answers in a row a gateway that was down gets ordinary calls again, slowly.',
      ),
    ),
    timeoutMs: live(
      leaf(
        PROBE_FORMATS.timeoutMs,
        2000,
        'How long, in milliseconds, an answer to a probe is waited for.',
      ),
    ),
  },
  hunt: {
    attemptMs: live(
      leaf(
        wholeNumber(100, 60_000),
        2000,
        'The longest wait, in milliseconds, for the first response of one gateway.',
      ),
    ),
    attemptMsMin: live(
      leaf(wholeNumber(50, 60_000), 700, 'The shortest such wait, however many gateways are left.'),
    ),
    progressTimeoutMs: live(
      leaf(
        wholeNumber(100, 60_000),
        4000,
        'How long, in milliseconds, a gateway that sent 100 may be silent before it rings.',
      ),
    ),
    budgetMs: live(
      leaf(
        wholeNumber(100, 300_000),
        6000,
        'The milliseconds one hunt shares out among its gateways; an emergency hunt goes on after.',
      ),
    ),
    ringTimeoutMs: live(
      leaf(
        wholeNumber(1000, 3_600_000),
        180_000,
        'How long, in milliseconds, an ordinary call may ring.',
      ),
    ),
  },
  callsMax: live(
    leaf(
      wholeNumber(1, 1_000_000),
      10_000,
      'How many calls at once; beyond it ordinary calls are refused, beyond twice of it every call.',
    ),
  ),
  log: {
    level: live(
      leaf(oneOf('log level', LEVELS), 'info', 'The least urgent lines that are written.'),
    ),
    steps: leaf(STEPS, 'stdout', 'Where step lines go, numbers masked: stdout, none or a file.'),
    records: leaf(
      RECORDS,
      './calls.ndjson',
      'The file with one full record per call, readable by its owner alone; or none.',
    ),
    rotateBytes: leaf(
      wholeNumber(0, 1_000_000_000_000),
      0,
      'A log file is turned before it grows beyond this many bytes; 0: not by size.',
    ),
    rotateHours: leaf(
      wholeNumber(0, 8760),
      0,
      'A log file is turned when this many hours begin, 24 being midnight UTC; 0: not by time.',
    ),
    keepFiles: leaf(
      wholeNumber(1, 1000),
      14,
      'How many turned files (FILE.1 is the youngest) are kept of each log file.',
    ),
    waitingCharsMax: leaf(
      wholeNumber(10_000, 1_000_000_000),
      8_388_608,
      'How many characters wait for a disk that is full or slow; what is more is lost and counted.',
    ),
  },
  admin: {
    listen: leaf(ADMIN_LISTEN, '127.0.0.1:8112', 'The address and port of the admin HTTP server.'),
    token: optional(
      SECRET_REF,
      'Where the token of the admin server is kept; needed unless admin.listen is loopback.',
    ),
  },
};

type ValuesOf<B> = { readonly [K in keyof B]: B[K] extends Leaf<infer T> ? T : ValuesOf<B[K]> };
/** One value for each key, lists not yet looked into. */
export type SiteValues = ValuesOf<typeof SCHEMA>;

export type LeafAt = { readonly path: readonly string[]; readonly leaf: Leaf<unknown> };

export function isLeaf(node: Leaf<unknown> | Branch): node is Leaf<unknown> {
  return typeof node['format'] === 'string';
}

/** Every key with its place, in the order of the schema. */
export function leaves(branch: Branch = SCHEMA, above: readonly string[] = []): readonly LeafAt[] {
  return Object.entries(branch).flatMap(([key, node]) => {
    const path = [...above, key];
    return isLeaf(node) ? [{ path, leaf: node }] : leaves(node, path);
  });
}

/** The environment variable of a key: `hunt.attemptMs` is LANDFALL_HUNT_ATTEMPT_MS. */
export function environmentName(path: readonly string[]): string {
  const words = path.map((part) => part.replace(/([A-Z])/g, '_$1').toUpperCase());
  return ['LANDFALL', ...words].join('_');
}
