import { PEER } from '../config/cluster-items.ts';
import { DRACHTIO, type Fields, GATEWAY, GROUP, LISTENER, ROUTE } from '../config/items.ts';
import type { Leaf, Reload } from '../config/leaf.ts';
import { FREESWITCH, PROMPT, RTPENGINE } from '../config/media-items.ts';
import { environmentName, leaves } from '../config/schema.ts';
import { CERTIFICATE } from '../config/tls-schema.ts';
import { TRUNK } from '../config/trunk-items.ts';

/** What each list holds; the lists of listeners hold the same. */
export const ENTRIES: Readonly<Record<string, Fields>> = {
  'engine.drachtio': DRACHTIO,
  'listen.anycast': LISTENER,
  'listen.unicast': LISTENER,
  'listen.gateway': LISTENER,
  gateways: GATEWAY,
  groups: GROUP,
  routes: ROUTE,
  trunks: TRUNK,
  peers: PEER,
  'tls.also': CERTIFICATE,
  'media.rtpengine': RTPENGINE,
  'media.freeswitch': FREESWITCH,
  'media.prompts': PROMPT,
};

/** One right value for each key, and for each key of an entry: `gateways[].uri`. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  site: 'sto',
  siteNumber: 1,
  element: 'sto.bcf.example',
  stateDir: '/var/lib/landfall',
  'listen.anycast': [{ transport: 'udp', address: '192.0.2.112' }],
  'listen.unicast': [{ transport: 'udp', address: '198.51.100.11' }],
  'listen.gateway': [{ transport: 'udp', address: '10.0.0.11', port: 5060 }],
  'listen[].transport': 'udp',
  'listen[].address': '198.51.100.11',
  'listen[].port': 5060,
  'listen[].advertise': 'sto.any.example',
  'listen[].emergency': true,
  'tls.certificate': '/etc/landfall/tls.pem',
  'tls.key': '/etc/landfall/tls.key',
  'tls.also': [{ certificate: '/etc/landfall/old.pem', key: '/etc/landfall/old.key' }],
  'tls.also[].certificate': '/etc/landfall/old.pem',
  'tls.also[].key': '/etc/landfall/old.key',
  'tls.authorities': '/etc/landfall/ca.pem',
  'engine.gateway': 'drachtio',
  'engine.drachtio': [{ host: '127.0.0.1', secret: 'env:DRACHTIO_SECRET' }],
  'engine.drachtio[].host': '127.0.0.1',
  'engine.drachtio[].port': 9022,
  'engine.drachtio[].secret': 'env:DRACHTIO_SECRET',
  gateways: [{ name: 'psap-a', uri: 'sip:10.0.1.31:5060' }],
  'gateways[].name': 'psap-a',
  'gateways[].uri': 'sip:psap.example',
  'gateways[].priority': 2,
  'gateways[].weight': 10,
  'gateways[].callsMax': 120,
  'gateways[].headers': ['X-Site: sto'],
  'gateways[].probe': { everySec: 5, downAfter: 2 },
  'gateways[].largeByTcp': true,
  'callbacks.group': 'carriers',
  groups: [{ name: 'psap', gateways: ['psap-a', 'psap-b'], emergency: true }],
  'groups[].name': 'psap',
  'groups[].gateways': ['psap-a', 'psap-b'],
  'groups[].emergency': true,
  'groups[].failoverOn': [408, 503, 'transport'],
  'groups[].followRedirects': true,
  'groups[].anchor': false,
  'groups[].srtp': 'none',
  'groups[].asksFor': 'service',
  'groups[].transfers': 'execute',
  'groups[].lastResort': 'sip:10.0.9.9',
  routes: [{ match: { user: '112' }, group: 'psap' }],
  'routes[].match': { user: '+468*', trunk: 'carrier-x' },
  'routes[].group': 'psap',
  trunks: [{ name: 'carrier-x', source: ['203.0.113.0/24'] }],
  'trunks[].name': 'carrier-x',
  'trunks[].certificates': ['sbc.op.example'],
  'trunks[].source': ['203.0.113.0/24', '192.0.2.5'],
  'trunks[].offAnycast': 'sticky',
  'dns.servers': ['10.0.0.53', '10.0.1.53:5353'],
  'trunks[].earlyDialogs': 'first',
  peers: [{ site: 'got', number: 2, link: '10.9.0.12:7112' }],
  'peers[].site': 'got',
  'peers[].number': 2,
  'peers[].link': '10.9.0.12:7112',
  'cluster.link': '10.9.0.11:7112',
  'cluster.redis': 'redis://127.0.0.1:6379',
  'cluster.keys': ['k1=env:CLUSTER_KEY', 'k0=file:/run/secrets/k0'],
  'trunks[].anchor': false,
  'trunks[].messages': 'pass',
  'trunks[].record': true,
  'trunks[].callsPerSecMax': 100,
  'trunks[].callsMax': 4000,
  'guard.callsPerSecMax': 20,
  'guard.callsMax': 100,
  'guard.lagMsMax': 100,
  'media.anchor': 'rtpengine',
  'media.rtpengine': [{ ng: '10.0.0.12:2223' }, { ng: '10.0.0.13:2223' }],
  'media.rtpengine[].ng': '10.0.0.12:2223',
  'media.rtpengine[].weight': 2,
  'media.freeswitch': [
    { esl: '10.0.0.13:8021', secret: 'env:FREESWITCH_SECRET', listen: '10.0.0.11' },
  ],
  'media.freeswitch[].esl': '10.0.0.13:8021',
  'media.freeswitch[].secret': 'file:/run/secrets/freeswitch',
  'media.freeswitch[].listen': '10.0.0.11',
  'media.freeswitch[].listenPort': 8022,
  'media.freeswitch[].advertise': '192.0.2.11',
  'media.freeswitch[].outside': 'landfall_out',
  'media.freeswitch[].inside': 'landfall_in',
  'media.freeswitch[].recordings': '/var/spool/recordings',
  'media.prompts': [{ language: 'sv', failed: '/srv/prompts/sv/failed.wav' }],
  'media.prompts[].group': 'psap',
  'media.prompts[].language': 'en-GB',
  'media.prompts[].hunting': '/srv/prompts/en/wait.wav',
  'media.prompts[].failed': '/srv/prompts/en/failed.wav',
  'media.ringback': '%(2000,4000,440,480)',
  'media.outside': 'pub',
  'media.inside': 'priv',
  'nat.keepAliveMs': 15_000,
  'sessionTimer.expiresSec': 900,
  'probe.everySec': 5,
  'probe.downAfter': 2,
  'probe.upAfter': 3,
  'probe.timeoutMs': 1000,
  'hunt.attemptMs': 1500,
  'hunt.attemptMsMin': 500,
  'hunt.progressTimeoutMs': 3000,
  'hunt.budgetMs': 8000,
  'hunt.ringTimeoutMs': 120_000,
  callsMax: 2000,
  'log.level': 'debug',
  'log.steps': './steps.ndjson',
  'log.records': '/var/log/landfall/calls.ndjson',
  'log.rotateBytes': 100_000_000,
  'log.rotateHours': 24,
  'log.keepFiles': 30,
  'log.waitingCharsMax': 1_000_000,
  'admin.listen': '10.0.0.11:8112',
  'admin.token': 'env:LANDFALL_ADMIN_TOKEN',
};

const HEAD = `# Configuration

\`npm run docs\` makes this page of the schema ([config/schema.ts](../config/schema.ts),
[config/items.ts](../config/items.ts)); a test fails when it is stale. A commented file to begin with:
[config/examples/site.yaml](../config/examples/site.yaml).

## Layers

A site is described by one YAML 1.2 file (JSON is YAML, too). Four layers, the later over the earlier:

1. the defaults named below;
2. the file: \`landfall start --config FILE\`;
3. variables: \`hunt.budgetMs\` is \`LANDFALL_HUNT_BUDGET_MS\`; an empty variable is as good as none;
4. arguments: \`--set hunt.budgetMs=8000\`, several times if need be; the last one for a key wins.

A layer replaces the whole value of a key. A list is one value: in a variable or an argument it is written as
JSON, and it replaces the list of the file. Nothing is guessed: \`"5060"\` in quotes is no number, and a number is
no text, since YAML has made 112 of 0112 before anybody could ask.

A secret is never written here, only where it is kept: \`env:NAME\` or \`file:PATH\`. Outside loopback a secret of
fewer than 16 characters, or one out of a manual, is refused.

## Errors

\`landfall check FILE\`, \`start\` and \`reload\` say every problem at once, in the order of the file, one line each:
where, which key, what stands there, what is wrong, and what would be right.

\`\`\`
site.yaml:12:5 gateways[1].uri: "10.0.1.32" is not a SIP URI; write "sip:HOST" or "sip:HOST:PORT", ...
site.yaml:16:34 groups[0].gateways[1]: "psap-c" is not the name of a gateway; did you mean "psap-a"?
LANDFALL_CALLS_MAX callsMax: "many" is not a whole number; write a whole number from 1 to 1000000
\`\`\`

Unknown keys are errors, and so is a variable that is nearly one of ours. \`check\` ends with 0 when the file is
right, 1 when it is not, 2 when it was called wrongly.

## Reload

\`landfall reload\`, or SIGHUP, reads file, variables and arguments again (the variables and arguments are those the
node was started with) and takes all of it or nothing. Calls that are up keep what they began with; the next call
gets the new rules. The command prints the difference and ends with 0:

\`\`\`
~ hunt.budgetMs: 6000 -> 8000
+ gateways[psap-c]: { uri: sip:10.0.1.33, priority: 3 }
- routes[user 113]: { group: psap }
\`\`\`

A file with problems, or a change that needs a restart, is refused as a whole: every reason is said, the node runs
on with what it had, and the command ends with 1. Below, each key says whether a reload takes it. A gateway whose
name and address stay keeps what is known of its health.
`;

/** The page: the head, then each key in the order of the schema. */
export function configDocument(): string {
  const groups = new Map<string, string[]>();
  for (const { path, leaf } of leaves()) {
    const heading = path[0] ?? '';
    const about = groups.get(heading) ?? [];
    about.push(keySection(path, leaf));
    const key = path.join('.');
    const fields = heading === 'listen' ? undefined : ENTRIES[key];
    if (fields !== undefined) about.push(entryTable(key, fields));
    groups.set(heading, about);
  }
  groups.get('listen')?.push(entryTable('listen', LISTENER));
  const sections = [...groups].map(([name, about]) => [`## ${name}\n`, ...about].join('\n'));
  return [HEAD, ...sections].join('\n');
}

function keySection(path: readonly string[], leaf: Leaf<unknown>): string {
  const key = path.join('.');
  const title = path.length === 1 ? [] : [`### ${key}\n`];
  const isList = Object.hasOwn(ENTRIES, key);
  const right = isList ? 'a list; what its entries hold stands below' : rightOf(leaf.reads.want);
  return [
    ...title,
    `${leaf.doc}\n`,
    `- right: ${right}`,
    `- default: ${defaultOf(leaf)}`,
    `- variable: \`${environmentName(path)}\``,
    `- example: \`${nested(path, EXAMPLES[key])}\``,
    `- ${RELOAD_WORDS[leaf.reload]}\n`,
  ].join('\n');
}

const RELOAD_WORDS: Readonly<Record<Reload, string>> = {
  takes: 'a reload takes it',
  'takes-more': 'a reload takes a further one behind the first; any other change needs a restart',
  refuses: 'a change needs a restart',
};

function entryTable(list: string, fields: Fields): string {
  const rows = Object.entries(fields).map(([key, { doc, reads, otherwise }]) => {
    const fallback = otherwise === undefined ? 'must be given' : shown(otherwise.value);
    const example = `\`${key}: ${flow(EXAMPLES[`${list}[].${key}`])}\``;
    return `| \`${key}\` | ${[doc, rightOf(reads.want), fallback, example].map(cell).join(' | ')} |`;
  });
  return [
    `Each entry of \`${list === 'listen' ? 'listen.*' : list}\`:\n`,
    '| key | what it is | right | default | example |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function defaultOf({ default: value, nullable }: Leaf<unknown>): string {
  if (value === null) return nullable ? 'none' : 'must be given';
  return shown(value);
}

const shown = (value: unknown) => (value === undefined ? 'none' : `\`${flow(value)}\``);

/** Wants are orders, as they stand in messages: the order itself is left out. */
const rightOf = (want: string) => want.replace(/^write /, '');

const cell = (text: string) => text.replaceAll('|', '\\|');

/** `hunt: { budgetMs: 8000 }`: what can be put into the file as it stands. */
function nested(path: readonly string[], value: unknown): string {
  const [first = '', ...rest] = path;
  return rest.length === 0 ? `${first}: ${flow(value)}` : `${first}: { ${nested(rest, value)} }`;
}

/** YAML on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  if (typeof value === 'string' && !/^[A-Za-z./][A-Za-z0-9./_-]*$/.test(value)) {
    return /^[0-9]+(?:\.[0-9]+){3}$/.test(value) ? value : `"${value}"`;
  }
  return String(value);
}
