import type { ServerOptions } from '../lib/engine/drachtio/server-link.ts';
import type { Gateway, GatewayName, Group, ProbeRules } from '../lib/gateways/options.ts';
import type { Trunk } from '../lib/guard/trunks.ts';
import type { FreeswitchServer } from '../lib/media/freeswitch/options.ts';
import type { Listener, ListenerRole } from '../lib/ports/sip-engine.ts';
import { adminAddress, linkAddress, nameServer, type Target } from './addresses.ts';
import { outsideNames } from './check-callbacks.ts';
import { withPort } from './check-listeners.ts';
import { credentialFiles } from './check-tls.ts';
import { failoverDefault } from './failover.ts';
import type { Fields, Item, Values } from './items.ts';
import type { SiteSecrets } from './keys.ts';
import type { GatewayItem, GroupItem, ListenerItem, SiteLists, TrunkItem } from './lists.ts';
import type { FREESWITCH } from './media-items.ts';
import type { SiteValues } from './schema.ts';
import type { MediaConfig, SiteConfig } from './site-config.ts';

/** Puts the values together in the types of the rooms. Everything has been found right before. */
export function assemble(values: SiteValues, lists: SiteLists, secrets: SiteSecrets): SiteConfig {
  const {
    site,
    siteNumber,
    element,
    guard,
    probe,
    hunt,
    callsMax,
    stateDir,
    dns,
    nat,
    sessionTimer,
    log,
    admin,
  } = values;
  const outside = outsideNames(lists, values);
  const isOutside = ({ name }: { readonly name: string }) => outside.has(name);
  const gateways = (lists.gateways ?? []).map((item) => gateway(item, probe, outside));
  const groups = (lists.groups ?? []).map((item) => group(item, probe, values.callbacks.group));
  const wayOut = groups.find(({ name }) => name === values.callbacks.group);
  const listen = adminAddress(admin.listen);
  if (listen === undefined) throw new Error(`admin.listen is ${admin.listen}`);
  return {
    options: {
      site,
      siteNumber,
      element: element ?? undefined,
      listeners: [
        ...listeners('anycast', lists.anycast),
        ...listeners('unicast', lists.unicast),
        ...listeners('gateway', lists.gateway),
      ],
      gateways: gateways.filter((one) => !isOutside(one)),
      groups: groups.filter((one) => one !== wayOut),
      routes: (lists.routes ?? []).map(whole),
      callbacks:
        wayOut === undefined ? undefined : { group: wayOut, gateways: gateways.filter(isOutside) },
      trunks: (lists.trunks ?? []).map(trunk),
      guard,
      hunt,
      callsMax,
      prompts: (lists.prompts ?? []).map(whole),
    },
    stateDir,
    keys: secrets.keys,
    nameServers: dns.servers.flatMap((server) => nameServer(server) ?? []),
    media: media(values, lists, secrets),
    drachtio: drachtio(values, lists, secrets),
    cluster: cluster(values, lists),
    tls: credentialFiles(values, lists),
    nat,
    sessionTimer,
    log,
    admin: { listen, token: secrets.adminToken },
  };
}

/** A call that is over is given back a moment after another one may have begun. */
function media(
  { media: { anchor, outside, inside, ringback }, callsMax: calls }: SiteValues,
  lists: SiteLists,
  secrets: SiteSecrets,
): MediaConfig {
  const instances = (lists.rtpengine ?? []).map(whole);
  const servers = (lists.freeswitch ?? []).map((item, index) =>
    freeswitch(whole(item), secrets.freeswitch[index] ?? ''),
  );
  const callsMax = 2 * calls;
  return {
    anchor,
    rtpengine: { instances, interfaces: { outside, inside }, callsMax },
    freeswitch: { servers, callsMax },
    ringback,
  };
}

function freeswitch(
  {
    esl,
    listen,
    listenPort: port,
    advertise,
    recordings,
    outside,
    inside,
  }: Values<typeof FREESWITCH>,
  secret: string,
): FreeswitchServer {
  return {
    esl,
    secret,
    listen: { address: listen, port },
    advertise,
    recordings,
    profiles: { outside, inside },
  };
}

function drachtio(
  { engine }: SiteValues,
  lists: SiteLists,
  secrets: SiteSecrets,
): readonly ServerOptions[] {
  if (engine.gateway !== 'drachtio') return [];
  return (lists.drachtio ?? []).map((item, index) => {
    const { host, port } = whole(item);
    return { host, port, secret: secrets.drachtio[index] ?? '' };
  });
}

function cluster({ cluster: { link, redis } }: SiteValues, { peers = [] }: SiteLists) {
  const own = linkAddress(link ?? '');
  if (peers.length === 0 || own === undefined) return undefined;
  return {
    link: own,
    redis: redis ?? undefined,
    peers: peers.map((item) => {
      const { site: name, number: site, link: far } = whole(item);
      return { name, site, link: far };
    }),
  };
}

function listeners(role: ListenerRole, items: readonly ListenerItem[] = []): readonly Listener[] {
  return items.map((item) => ({ ...withPort(whole(item)), role }));
}

function gateway(item: GatewayItem, probes: ProbeRules, outside: ReadonlySet<string>): Gateway {
  const { name, uri: target, priority, weight, largeByTcp, callsMax, headers, probe } = whole(item);
  return {
    ...gatewayAt(name, target, priority, outside.has(name)),
    ...(largeByTcp ? { largeByTcp } : {}),
    ...(weight === undefined ? {} : { weight }),
    ...(callsMax === undefined ? {} : { callsMax }),
    ...(headers === undefined ? {} : { headers }),
    ...probed({ ...probes, ...probe }),
  };
}

/** Every 0 seconds is never. */
function probed(probe: ProbeRules): Pick<Gateway, 'probe'> {
  return probe.everySec === 0 ? {} : { probe };
}

function group(item: GroupItem, probes: ProbeRules, callbacks: string | null): Group {
  const { name, emergency, failoverOn, srtp, asksFor, transfers, lastResort, ...rest } =
    whole(item);
  const isWayOut = name === callbacks;
  return {
    name,
    gateways: rest.gateways.map(gatewayName),
    emergency,
    failoverOn:
      failoverOn ?? failoverDefault(isWayOut ? 'callbacks' : emergency ? 'emergency' : 'ordinary'),
    ...(rest.followRedirects ? { followRedirects: true } : {}),
    ...(rest.anchor ? {} : { anchor: false }),
    ...(srtp === 'as-offered' ? {} : { srtp }),
    ...(asksFor === 'dialled' ? {} : { asksFor }),
    ...(transfers === 'refuse' ? {} : { transfers }),
    // A colon cannot stand in a configured name, so this one is nobody else's.
    lastResort:
      lastResort === undefined
        ? undefined
        : {
            ...gatewayAt(`last-resort:${name}`, lastResort, LAST_RESORT_PRIORITY, isWayOut),
            ...probed(probes),
          },
  };
}

const LAST_RESORT_PRIORITY = 1001;

function gatewayAt(
  name: string,
  { uri, destination: written }: Target,
  priority: number,
  isOutside: boolean,
): Gateway {
  const destination = isOutside ? { ...written, isOutside: true as const } : written;
  return { name: gatewayName(name), uri, destination, priority };
}

/** What is left out is left out. */
function trunk(item: TrunkItem): Trunk {
  const { source = [], certificates, ...rest } = whole(item);
  return { ...rest, source, ...(certificates === undefined ? {} : { certificates }) };
}

function gatewayName(name: string): GatewayName {
  return name as GatewayName;
}

function whole<F extends Fields>(item: Item<F>): Values<F> {
  if (item.whole === undefined) throw new Error(`${item.path.join('.')} was not read`);
  return item.whole;
}
