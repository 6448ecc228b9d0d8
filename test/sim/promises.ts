import { sameAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipMessage } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parseUri } from '../../lib/sip/uri.ts';
import type { Packet } from '../support/virtual-network.ts';
import { type Doors, isDoor, isInside, ONE_SITE } from './doors.ts';
import { isSdp } from './session.ts';
import { readOnce } from './witness.ts';

/** Watches the wire and says which promise a packet of a site breaks. */
export function watchdog(
  { isSticky, hasTransfers }: Pick<WireRules, 'isSticky' | 'hasTransfers'>,
  complain: Complain,
  doors: Doors = ONE_SITE,
) {
  const rules = { isSticky, hasTransfers, doors, complain };
  /** Where each request of a caller was sent to, by transaction. */
  const sentTo = new Map<string, Packet['to']>();
  return (packet: Packet): void => {
    const message = readOnce(packet.bytes);
    if (message.kind === 'fault') {
      complain('strict out', `${message.reason} from ${packet.from.address}`);
      return;
    }
    const key = `${message.callId} ${message.via.branch} ${message.cseq.method}`;
    if (!isDoor(doors, packet.from)) {
      if (message.kind === 'request') sentTo.set(key, packet.to);
      return;
    }
    if (isDoor(doors, packet.to)) complain('P9', `a packet to ourselves: ${message.cseq.method}`);
    if (!isFarEnd(packet.to)) complain('P9', `${message.cseq.method} to ${packet.to.address}`);
    if (message.kind === 'response') checkResponse(message, packet, sentTo.get(key), rules);
    else checkRequest(message, packet, rules);
  };
}

/** The callers and the gateways of the simulation: nobody else is ever sent anything. */
function isFarEnd({ address }: Packet['to']): boolean {
  return address.startsWith('203.0.113.') || address.startsWith('10.0.1.3');
}

type Complain = (promise: string, what: string) => void;

type WireRules = {
  readonly isSticky: boolean;
  /** Re-INVITEs of our own go out as well. */
  readonly hasTransfers: boolean;
  readonly doors: Doors;
  readonly complain: Complain;
};

function checkResponse(
  message: Extract<SipMessage, { kind: 'response' }>,
  packet: Packet,
  cameTo: Packet['to'] | undefined,
  { isSticky, doors, complain }: WireRules,
): void {
  const { status, cseq } = message;
  if (cameTo === undefined || !sameAddress(cameTo, packet.from)) {
    complain('P7', `${status} to ${cseq.method} left from ${packet.from.address}`);
  }
  if (status === 503) complain('no 503', `503 to ${cseq.method}`);
  if (cseq.method !== 'INVITE' || status === 100 || status >= 300) return;
  const stays = isSticky || isInside(doors, packet.from);
  const hosts = stays ? [cameTo?.address] : doors.unicast.map(({ address }) => address);
  const contact = contactOf(message);
  if (contact === undefined || contact.kind !== 'sip' || !hosts.includes(contact.host)) {
    complain('P6', `Contact of ${status} is ${headerValue(message.headers, 'contact')}`);
  } else if (contact.user !== message.to.tag) {
    complain('P6', `Contact user ${contact.user} is not the token ${message.to.tag}`);
  }
  if (headerValue(message.headers, 'record-route') !== undefined) {
    complain('P6', 'a Record-Route that nobody sent');
  }
}

function checkRequest(
  message: Extract<SipMessage, { kind: 'request' }>,
  packet: Packet,
  { isSticky, hasTransfers, doors, complain }: WireRules,
): void {
  if (headerValue(message.headers, 'route') !== undefined) complain('P9', 'a Route went out');
  if (message.method !== 'INVITE') return;
  const toCaller = [...(isSticky ? [doors.anycast] : []), ...doors.unicast];
  const ours = isInside(doors, packet.from) ? [packet.from] : toCaller;
  const hosts = ours.map(({ address }) => address);
  const hops = headerValue(message.headers, 'max-forwards') ?? '';
  const isOwn = hasTransfers && message.to.tag !== undefined && hops === '70';
  if (hops !== '69' && !isOwn) {
    complain('P5', `Max-Forwards is ${hops}`);
  }
  const contact = contactOf(message);
  const isHere = contact?.kind === 'sip' && hosts.includes(contact.host);
  if (!isHere || contact.user !== message.from.tag) {
    complain('P6', `Contact of an INVITE is ${headerValue(message.headers, 'contact')}`);
  }
  if (message.body !== '' && !isSdp(message.body)) complain('P13', 'the body has changed');
  if (message.uri !== 'urn:service:sos') return;
  for (const name of ['geolocation', 'x-phone']) {
    if (headerValue(message.headers, name) === undefined) complain('P13', `${name} was lost`);
  }
}

function contactOf(message: SipMessage) {
  const value = headerValue(message.headers, 'contact');
  const uri = value === undefined ? undefined : contactUri(value);
  return uri === undefined ? undefined : parseUri(uri);
}
