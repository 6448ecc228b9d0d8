import type { PeerOptions } from '../lib/cluster/links/peer.ts';
import type { ServerOptions } from '../lib/engine/drachtio/server-link.ts';
import type { FreeswitchOptions } from '../lib/media/freeswitch/options.ts';
import type { RtpengineOptions } from '../lib/media/rtpengine/options.ts';
import type { SiteOptions } from '../lib/node/site-options.ts';
import type { LogOptions as AllLogOptions } from '../lib/observe/log-files.ts';
import type { Address } from '../lib/sip/address.ts';
import type { ClusterKey } from '../lib/sip/owner-token.ts';
import type { CredentialFiles } from './credentials.ts';

type LogOptions = Omit<AllLogOptions, 'site' | 'world'>;

export type MediaConfig = {
  readonly anchor: 'none' | 'rtpengine' | 'freeswitch';
  readonly rtpengine: RtpengineOptions;
  readonly freeswitch: FreeswitchOptions;
  /** How ringing sounds, as FreeSWITCH writes it. */
  readonly ringback: string;
};

/** Where this site takes links, and the sites that it has links to; one at least. */
export type ClusterConfig = {
  readonly link: Address;
  readonly peers: readonly PeerOptions[];
  /** Absent: what is known of calls does not outlive the process. */
  readonly redis: string | undefined;
};

/** A whole, valid configuration: nothing in it is left to a default. */
export type SiteConfig = {
  readonly options: Omit<SiteOptions, 'epoch' | 'keys'>;
  readonly stateDir: string;
  /** The first one signs. Empty: this site makes its own and keeps it in `stateDir`. */
  readonly keys: readonly ClusterKey[];
  /** Where names are looked up. Empty: where the system does. */
  readonly nameServers: readonly Address[];
  readonly media: MediaConfig;
  /** The servers that leg b goes through. Empty: the builtin engine alone. */
  readonly drachtio: readonly ServerOptions[];
  /** Absent: this site is the only one. */
  readonly cluster: ClusterConfig | undefined;
  /** Absent: nobody speaks TLS here. */
  readonly tls: CredentialFiles | undefined;
  readonly nat: { readonly keepAliveMs: number };
  readonly sessionTimer: { readonly expiresSec: number };
  readonly log: LogOptions;
  readonly admin: {
    readonly listen: Address;
    /** Absent: none is asked for, which only a loopback address may do. */
    readonly token: string | undefined;
  };
};

/** Adds what is known only at the start of a node: which start it is, and its keys. */
export function siteOptions(
  config: SiteConfig,
  start: { readonly epoch: number; readonly keys: readonly ClusterKey[] },
): SiteOptions {
  return { ...config.options, epoch: start.epoch, keys: start.keys };
}
