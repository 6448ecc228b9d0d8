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
  /** 32 letters and digits that nobody else has. */
  unguessable(): string;
};

export function identities(
  { site, siteNumber, epoch, keys }: SiteOptions,
  world: World,
): Identities {
  const mint = tokenMint({ keys, site: siteNumber, epoch, rng: world.rng });
  const unguessable = () => Buffer.from(world.rng.bytes(16)).toString('hex');
  return {
    mint,
    callId: ({ dialog }) => callIdOf(`${site}-${dialog}`),
    legBCallId: () => sipCallId(unguessable()),
    unguessable,
  };
}

/** Where later requests of a far end are to come. */
export type ContactPlace = Listener & {
  /** It was asked for by a SIPS URI, and is to be asked by one. */
  readonly isSips?: true;
};

/**
 * `sip:TOKEN@host:port` of a listener, by its advertised name if it has one; `sips:` where the
 * request said that. [3261-19.1.1] [3261-12.1.1]
 */
export function contactAt(place: ContactPlace, tag: Tag): UriText {
  const { advertise, address, port, transport, isSips } = place;
  const params = transport === 'udp' ? [] : [{ name: 'transport', value: transport }];
  const uri = { user: tag, host: advertise ?? address, port, params };
  return isSips === true ? sipUri({ ...uri, params: [] }, 'sips') : sipUri(uri);
}
