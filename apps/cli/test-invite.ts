import { octetsOfText } from '../../lib/base/brands.ts';
import type { Rng } from '../../lib/base/time.ts';
import type { Listener, OutgoingInvite } from '../../lib/ports/sip-engine.ts';
import type { Address, Place, Transport } from '../../lib/sip/address.ts';
import { header } from '../../lib/sip/header-names.ts';
import { type LegId, sipCallId, tagOf, type UriText } from '../../lib/sip/ids.ts';
import { sipUri } from '../../lib/sip/uri.ts';

export type TestInvite = {
  readonly uri: UriText;
  readonly target: Place;
  readonly local: Address;
  /** Absent: udp. */
  readonly transport?: Transport;
  /** Absent: `sip:landfall-test@` and our address. */
  readonly from: UriText | undefined;
};

/** The INVITE of a test call. */
export function testInvite(
  { uri, target, local, transport, from }: TestInvite,
  leg: LegId,
  listener: Listener,
  rng: Rng,
): OutgoingInvite {
  const random = (bytes: number) => Buffer.from(rng.bytes(bytes)).toString('hex');
  const tag = tagOf(random(6));
  const isNamed = transport !== undefined && transport !== 'udp';
  const params = isNamed ? [{ name: 'transport', value: transport }] : [];
  const own = sipUri({ user: 'landfall-test', host: local.address, port: local.port, params });
  return {
    leg,
    listener,
    nextHop: target,
    uri,
    from: `<${from ?? own}>;tag=${tag}`,
    to: `<${uri}>`,
    tag,
    callId: sipCallId(`${random(12)}@${local.address}`),
    contact: own,
    maxForwards: 70,
    headers: [header('User-Agent', 'landfall'), header('Content-Type', 'application/sdp')],
    body: octetsOfText(offerOf(local)),
  };
}

/** Speech in G.711, as every phone offers it; nobody listens on the port. [4566-5] [3264-5] */
function offerOf({ address, port }: Address): string {
  const family = address.includes(':') ? 'IP6' : 'IP4';
  const mediaPort = port >= 65_000 ? 40_000 : port + 2 - (port % 2);
  return [
    'v=0',
    `o=landfall 1 1 IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${mediaPort} RTP/AVP 8 0 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
