import { PEER } from './cluster-items.ts';
import {
  DRACHTIO,
  type Fields,
  GATEWAY,
  GROUP,
  type Item,
  LISTENER,
  ROUTE,
  readItems,
} from './items.ts';
import { FREESWITCH, PROMPT, RTPENGINE } from './media-items.ts';
import type { Path, Report } from './problems.ts';
import type { SiteValues } from './schema.ts';
import { CERTIFICATE } from './tls-schema.ts';
import { TRUNK } from './trunk-items.ts';

export type ListenerItem = Item<typeof LISTENER>;
export type DrachtioItem = Item<typeof DRACHTIO>;
export type GatewayItem = Item<typeof GATEWAY>;
export type GroupItem = Item<typeof GROUP>;
export type RouteItem = Item<typeof ROUTE>;
export type TrunkItem = Item<typeof TRUNK>;
export type RtpengineItem = Item<typeof RTPENGINE>;
export type FreeswitchItem = Item<typeof FREESWITCH>;
export type CertificateItem = Item<typeof CERTIFICATE>;
export type PeerItem = Item<typeof PEER>;
export type PromptItem = Item<typeof PROMPT>;

/** The lists of a site file, entry by entry. A list that is missing as a whole is absent. */
export type SiteLists = {
  readonly anycast: readonly ListenerItem[] | undefined;
  readonly unicast: readonly ListenerItem[] | undefined;
  readonly gateway: readonly ListenerItem[] | undefined;
  readonly drachtio: readonly DrachtioItem[] | undefined;
  readonly gateways: readonly GatewayItem[] | undefined;
  readonly groups: readonly GroupItem[] | undefined;
  readonly routes: readonly RouteItem[] | undefined;
  readonly trunks: readonly TrunkItem[] | undefined;
  readonly peers: readonly PeerItem[] | undefined;
  readonly certificates: readonly CertificateItem[] | undefined;
  readonly rtpengine: readonly RtpengineItem[] | undefined;
  readonly freeswitch: readonly FreeswitchItem[] | undefined;
  readonly prompts: readonly PromptItem[] | undefined;
};

/** Reads them; `isSpoilt` names the lists that something was already wrong with as a whole. */
export function readLists(
  { listen, engine, gateways, groups, routes, trunks, peers, tls, media }: SiteValues,
  isSpoilt: (key: string) => boolean,
  report: Report,
): SiteLists {
  return {
    anycast: read(['listen', 'anycast'], listen.anycast, LISTENER),
    unicast: read(['listen', 'unicast'], listen.unicast, LISTENER),
    gateway: read(['listen', 'gateway'], listen.gateway, LISTENER),
    drachtio: read(['engine', 'drachtio'], engine.drachtio, DRACHTIO),
    gateways: read(['gateways'], gateways, GATEWAY),
    groups: read(['groups'], groups, GROUP),
    routes: read(['routes'], routes, ROUTE),
    trunks: read(['trunks'], trunks, TRUNK),
    peers: read(['peers'], peers, PEER),
    certificates: read(['tls', 'also'], tls.also, CERTIFICATE),
    rtpengine: read(['media', 'rtpengine'], media.rtpengine, RTPENGINE),
    freeswitch: read(['media', 'freeswitch'], media.freeswitch, FREESWITCH),
    prompts: read(['media', 'prompts'], media.prompts, PROMPT),
  };

  function read<F extends Fields>(path: Path, list: readonly unknown[] | null, fields: F) {
    if (list === null || isSpoilt(path.join('.'))) return undefined;
    return readItems(path, list, fields, report);
  }
}
