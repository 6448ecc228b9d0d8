import {
  ANYCAST,
  CALLERS,
  GATEWAY,
  gatewaySideOf,
  linkAddressOf,
  REDIS_PORT,
  REDIS_SITE,
  SIP_PORT,
  siteName,
  unicastOf,
} from './topology.ts';

/** The variable that holds the secret which all sites share. */
export const KEY_VARIABLE = 'LANDFALL_LAB_KEY';

const both = (address: string) =>
  ['udp', 'tcp'].map((transport) => ({ transport, address, port: SIP_PORT }));

const linkOf = (site: number) => `${linkAddressOf(site)}:7112`;

/** Whom callers and the gateway may transfer, by the user that was dialled. */
const TRANSFERS = { passes: 'pass', refers: 'execute' } as const;

/**
 * The site file of one node; JSON is YAML, too. An older node, which may not know a key, has the
 * calls of all users in one group.
 */
export function siteFile(site: number, sites: number, isOlder = false): string {
  const others = Array.from({ length: sites }, (_, index) => index + 1).filter((n) => n !== site);
  const transferring = isOlder
    ? []
    : Object.entries(TRANSFERS).map(([user, transfers]) => ({
        group: { name: user, gateways: ['gw'], transfers },
        route: { match: { user: `${user}*` }, group: user },
      }));
  const file = {
    site: siteName(site),
    siteNumber: site,
    stateDir: './state',
    listen: {
      anycast: both(ANYCAST),
      unicast: both(unicastOf(site)),
      gateway: [{ transport: 'udp', address: gatewaySideOf(site), port: SIP_PORT }],
    },
    gateways: [{ name: 'gw', uri: `sip:${GATEWAY}:${SIP_PORT}` }],
    // One gateway and an ordinary group: what it answers is what the caller hears.
    groups: [{ name: 'carrier', gateways: ['gw'] }, ...transferring.map(({ group }) => group)],
    routes: [...transferring.map(({ route }) => route), { match: { user: '*' }, group: 'carrier' }],
    trunks: [
      { name: 'free', source: [CALLERS.free] },
      { name: 'firewall', source: [CALLERS.behindFirewall], offAnycast: 'sticky' },
    ],
    cluster: {
      keys: [`k1=env:${KEY_VARIABLE}`],
      link: linkOf(site),
      ...(site === REDIS_SITE ? { redis: `redis://127.0.0.1:${REDIS_PORT}` } : {}),
    },
    peers: others.map((number) => ({ site: siteName(number), number, link: linkOf(number) })),
    probe: { everySec: 0 },
    // Many sites share one machine here, which is busy with more than them.
    guard: { lagMsMax: 5000 },
    log: { level: 'info', steps: './steps.ndjson', records: './calls.ndjson' },
    admin: { listen: '127.0.0.1:8112' },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
