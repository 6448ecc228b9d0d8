import { writeMatch } from '../../config/route-match.ts';
import type { SiteConfig } from '../../config/site-config.ts';
import type { Callbacks, Gateway, Group, Route } from '../../lib/gateways/options.ts';
import type { Trunk } from '../../lib/guard/trunks.ts';
import type { Listener } from '../../lib/ports/sip-engine.ts';
import { writeAddress } from '../../lib/sip/address.ts';

/** Says what a site file means, one line a thing, groups in the order they are hunted through. */
export function summaryOf(file: string, config: SiteConfig): readonly string[] {
  const { site, siteNumber, listeners, gateways, groups, callbacks } = config.options;
  const { routes, trunks } = config.options;
  const { listen, token } = config.admin;
  return [
    `${file} is valid: site ${site}, number ${siteNumber}, state in ${config.stateDir}`,
    ...listeners.map(listenerLine),
    ...engineLines(config),
    ...mediaLines(config),
    ...groups.map((group) => groupLine(group, gateways)),
    ...(callbacks === undefined ? [] : [callbackLine(callbacks)]),
    ...routes.map(routeLine),
    ...trunks.map(trunkLine),
    keysLine(config),
    ...peerLines(config),
    logLine(config),
    `admin http://${writeAddress(listen)}, ${token === undefined ? 'no token' : 'with a token'}`,
  ];
}

const ROLE_WORDS = { anycast: 'A, anycast', unicast: 'U, unicast', gateway: 'gateway side' };

function listenerLine({ role, transport, advertise, ...address }: Listener): string {
  const contact = advertise === undefined ? '' : `, Contact says ${advertise}`;
  return `listen ${transport}:${writeAddress(address)} (${ROLE_WORDS[role]})${contact}`;
}

function engineLines({ drachtio }: SiteConfig): readonly string[] {
  if (drachtio.length === 0) return [];
  const servers = drachtio.map(({ host, port }) => `${host}:${port}`).join(', ');
  return [`gateway side by drachtio-server ${servers}; the builtin engine carries what it cannot`];
}

function mediaLines({ media, options }: SiteConfig): readonly string[] {
  const { anchor, rtpengine, freeswitch } = media;
  const { instances, interfaces } = rtpengine;
  const { outside, inside } = interfaces;
  const engines = instances.map(({ ng }) => writeAddress(ng)).join(', ');
  const switches = freeswitch.servers.map(({ esl }) => writeAddress(esl)).join(', ');
  const spoken = options.prompts.length === 0 ? [] : [`FreeSWITCH ${switches} speaks to callers`];
  if (anchor === 'none') return spoken;
  const crossing =
    anchor === 'rtpengine'
      ? `media crosses rtpengine ${engines}: ${outside} outside, ${inside} inside`
      : `media crosses FreeSWITCH ${switches}`;
  return [crossing, ...spoken];
}

function groupLine(group: Group, gateways: readonly Gateway[]): string {
  const hops = group.gateways
    .flatMap((member) => gateways.filter(({ name }) => name === member))
    .toSorted((one, other) => one.priority - other.priority)
    .map(({ name, uri }) => `${name} ${uri}`);
  if (group.lastResort !== undefined) hops.push(`last resort ${group.lastResort.uri}`);
  const kind = group.emergency ? 'emergency' : 'ordinary';
  return `group ${group.name} (${kind}): ${hops.join(', then ')}; ${failoverWords(group)}`;
}

function callbackLine({ group, gateways }: Callbacks): string {
  return `calls of gateways to the gateway side leave from U: ${groupLine(group, gateways)}`;
}

function failoverWords({ failoverOn }: Group): string {
  const on = failoverOn === 'any' ? 'any failure' : failoverOn.join(', ');
  return `moves on after ${on}`;
}

function routeLine({ match, group }: Route): string {
  return `route ${writeMatch(match)} -> ${group}`;
}

function trunkLine(trunk: Trunk): string {
  const { name, source, offAnycast, earlyDialogs, callsPerSecMax, callsMax } = trunk;
  const early = earlyDialogs === 'first' ? ', one early dialog' : '';
  const way = offAnycast === 'always' ? 'calls move to U' : 'calls stay on A';
  const rate = callsPerSecMax === undefined ? '' : `, at most ${callsPerSecMax} calls a second`;
  const share = callsMax === undefined ? '' : `, at most ${callsMax} calls at once`;
  return `trunk ${name}: ${source.join(', ')}, ${way}${early}${rate}${share}`;
}

function keysLine({ keys, stateDir }: SiteConfig): string {
  if (keys.length === 0) return `keys: one of this site's own, kept in ${stateDir}`;
  return `keys: ${keys.map(({ id }) => id).join(', ')}; the first one signs`;
}

function peerLines({ cluster }: SiteConfig): readonly string[] {
  if (cluster === undefined) return [];
  const peers = cluster.peers.map(
    ({ name, site, link }) => `${name} (${site}) ${writeAddress(link)}`,
  );
  return [`links at ${writeAddress(cluster.link)}, to ${peers.join(', ')}`];
}

function logLine({ log }: SiteConfig): string {
  const [steps, records] = [log.steps, log.records].map((to) => (to === 'none' ? 'nowhere' : to));
  return `log ${log.level}: steps to ${steps}, records to ${records}`;
}
