import type { World } from '../base/time.ts';
import { type CallId, callIdOf } from '../call/ids.ts';
import type { Listener } from '../ports/sip-engine.ts';
import { type SipCallId, sipCallId, type Tag, type UriText } from '../sip/ids.ts';
import { tokenMint } from '../sip/owner-token.ts';
import { sipUri } from '../sip/uri.ts';
import type { SiteOptions } from './site-options.ts';

export type Identity = { readonly tag: Tag; readonly dialog: string };

/** Makes the names that a call goes by: each carries who owns it. */
export type Identities = {
  mint(emergency: boolean, callId: SipCallId): Identity;
  callId(identity: Identity): CallId;
  /** A Call-ID of ours for leg b: says nothing about anybody. */
  legBCallId(): SipCallId;
};

export function identities(
  { site, siteNumber, epoch, keys }: SiteOptions,
  world: World,
): Identities {
  const mint = tokenMint({ keys, site: siteNumber, epoch, rng: world.rng });
  return {
    mint,
    callId: ({ dialog }) => callIdOf(`${site}-${dialog}`),
    legBCallId: () => sipCallId(Buffer.from(world.rng.bytes(16)).toString('hex')),
  };
}

/** `sip:TOKEN@host:port` of a listener, by its advertised name if it has one. [3261-19.1.1] */
export function contactAt({ advertise, address, port, transport }: Listener, tag: Tag): UriText {
  const params = transport === 'udp' ? [] : [{ name: 'transport', value: transport }];
  return sipUri({ user: tag, host: advertise ?? address, port, params });
}
