import { writeAddress } from '../../lib/sip/address.ts';
import type { Packet, VirtualNetwork } from '../support/virtual-network.ts';
import { A, B, U } from '../support/virtual-site.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';
import { isDoor, ONE_SITE } from './doors.ts';
import type { Draw } from './draw.ts';
import { CALLBACK_MARK, isOfLegA, isOutwards } from './outwards.ts';
import { readOnce } from './witness.ts';

/** A host inside the operator's network that no packet may ever reach. */
export const INTERNAL_HOST = '10.66.6.6';

const LATE_MS_MIN = 500;
/** Less than Timer I: an INVITE that comes after that is a new one. [3261-17.2.1] */
const LATE_MS_MAX = 4000;
const LATE_SHARE = 0.02;

/**
 * Does what the far ends would not do by themselves: callers that name an internal host in Route
 * and Contact, that say they are a PSAP, that are never heard to acknowledge, gateways whose
 * Contact is an address of the site, datagrams that come once more seconds later, and answers to
 * what was never asked.
 */
export function makeMischief(network: VirtualNetwork, time: VirtualWorld, draw: Draw): void {
  network.alters = (packet) => {
    if (isDoor(ONE_SITE, packet.from)) return packet;
    const text = packet.bytes.toString('latin1');
    const altered = isOfLegA(callIdIn(text)) ? ofCaller(text) : ofGateway(text);
    return altered === text ? packet : { ...packet, bytes: Buffer.from(altered, 'latin1') };
  };
  network.drops = ({ bytes, from }) => {
    const message = readOnce(bytes);
    if (message.kind !== 'request' || message.method !== 'ACK' || isDoor(ONE_SITE, from))
      return false;
    return isOneOf(message.callId, 'mute', 0.03) && isOfLegA(message.callId);
  };
  network.comesAgainAfterMs = () =>
    draw.chance(LATE_SHARE) ? draw.between(LATE_MS_MIN, LATE_MS_MAX) : undefined;
  for (let count = 0; count < 5; count += 1) {
    time.at(draw.between(0, 30_000), () => network.deliver(strangeAnswer(count), 0));
  }
}

/** Nobody knows what these mean; a latin1 letter stands for a byte that is no UTF-8. */
const ODD = '\r\nX-Odd: a,b ;c="d\\"e", \xe5\r\nx-odd: \r\nP-Charge-Info: <sip:1@2;a=b>';

function ofCaller(said: string): string {
  const callId = callIdIn(said);
  const text = isOneOf(callId, 'mark', 0.1) && !isOutwards(callId) ? marked(said) : said;
  const odd = isOneOf(callId, 'odd', 0.2) ? text.replace('\r\nSubject', `${ODD}\r\nSubject`) : text;
  if (!isOneOf(callId, 'route', 0.2)) return odd;
  return odd
    .replace('\r\nMax-Forwards', `\r\nRoute: <sip:${INTERNAL_HOST};lr>\r\nMax-Forwards`)
    .replace(/(\r\nContact: <[^>\r]*)>/, `$1;maddr=${INTERNAL_HOST}>`);
}

/** Nobody outside is a PSAP, whatever its INVITE says. */
function marked(text: string): string {
  if (!text.includes('\r\nCSeq: 1 INVITE')) return text;
  return text.replace('\r\nSubject', `\r\n${CALLBACK_MARK}\r\nSubject`);
}

function ofGateway(text: string): string {
  const callId = callIdIn(text);
  const ours = [A, U, B].find((_, place) => isOneOf(callId, `contact ${place}`, 0.03));
  if (ours === undefined) return text;
  return text.replace(/(\r\nContact: <sip:peer@)[^>\r]*/, `$1${writeAddress(ours)}`);
}

const callIdIn = (text: string) => /\r\nCall-ID: ([^\r]*)/.exec(text)?.[1] ?? '';

/** Whether this call is among a share of all, whatever else the seed has drawn. */
function isOneOf(callId: string, of: string, share: number): boolean {
  let hash = 0x811c9dc5;
  for (const letter of `${of} ${callId}`) {
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  }
  return (hash ^ (hash >>> 15)) >>> 0 < share * 0xffffffff;
}

function strangeAnswer(count: number): Packet {
  const lines = [
    `SIP/2.0 ${count % 2 === 0 ? 200 : 486} Said`,
    `Via: SIP/2.0/UDP ${writeAddress(B)};branch=z9hG4bKnever${count}`,
    `From: <sip:1@a>;tag=never${count}`,
    'To: <sip:2@b>;tag=x',
    `Call-ID: never${count}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:x@10.66.6.6>',
    'Content-Length: 0',
    '',
    '',
  ];
  const from = { address: '10.0.9.9', port: 5060 };
  return { bytes: Buffer.from(lines.join('\r\n'), 'latin1'), from, to: B };
}
