import { type Octets, octetsOfText } from '../../../lib/base/brands.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { type Law, PAYLOAD_TYPE } from './g711.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** The audio of an offer or an answer that came. */
export type RemoteAudio = {
  /** The address 0.0.0.0 and the port 0 hear nothing. */
  readonly at: Address;
  /** Those of G.711 alone, in the order of preference. */
  readonly laws: readonly Law[];
  readonly eventType: number | undefined;
  readonly direction: Direction;
};

/** Undefined: no audio over RTP/AVP is in it. */
export function readAudio(sdp: string): RemoteAudio | undefined {
  const start = sdp.search(/^m=audio \d+ RTP\/AVP /m);
  if (start < 0) return undefined;
  const session = sdp.slice(0, sdp.search(/^m=/m));
  const audio = sdp.slice(start).replace(/\r?\nm=[\s\S]*$/, '');
  const line = /^m=audio (\d+) RTP\/AVP ([\d ]+)/.exec(audio);
  if (line === null) return undefined;
  const both = [audio, session];
  const find = (pattern: RegExp) => both.map((part) => pattern.exec(part)?.[1]).find(Boolean);
  const address = find(/^c=IN IP4 (\S+)/m) ?? '0.0.0.0';
  const types = (line[2] ?? '').trim().split(/ +/).map(Number);
  const event = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(audio)?.[1];
  return {
    at: { address, port: Number(line[1]) },
    laws: types.flatMap((type): Law[] => (type === 0 ? ['PCMU'] : type === 8 ? ['PCMA'] : [])),
    eventType: event === undefined ? undefined : Number(event),
    direction: directionOf(find(/^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m)),
  };
}

function directionOf(word: string | undefined): Direction {
  return word === 'sendonly' || word === 'recvonly' || word === 'inactive' ? word : 'sendrecv';
}

/** How an answer turns the direction of its offer. */
export function turned(direction: Direction): Direction {
  if (direction === 'sendonly') return 'recvonly';
  return direction === 'recvonly' ? 'sendonly' : direction;
}

/** What the far end is told, or what the channel says it has told; they differ a little. */
export type For = 'wire' | 'variable';

export type LocalAudio = {
  readonly at: Address;
  readonly id: number;
  readonly version: number;
  readonly laws: readonly Law[];
  readonly eventType: number | undefined;
  readonly direction: Direction;
  readonly hasNoise: boolean;
};

/** An SDP in the shape that FreeSWITCH gives it; `above` and `below` are media beside its own. */
export function writeAudio(
  audio: LocalAudio,
  purpose: For,
  above: readonly string[] = [],
  below: readonly string[] = [],
): Octets {
  const { at, id, version } = audio;
  const padded = (number: number) => String(number).padStart(10, '0');
  const lines = [
    'v=0',
    `o=FreeSWITCH ${padded(id)} ${padded(version)} IN IP4 ${at.address}`,
    's=FreeSWITCH',
    `c=IN IP4 ${at.address}`,
    't=0 0',
    ...above,
    ...mediaLines(audio, 'RTP/AVP', [], purpose),
    ...below,
  ];
  return octetsOfText(`${lines.join('\r\n')}\r\n`);
}

/** An offer: in it SRTP and RTP stand as two media on one port, unless the profile forbids it. */
export function writeOffer(audio: LocalAudio, purpose: For, key: string): Octets {
  const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`;
  return writeAudio(audio, purpose, mediaLines(audio, 'RTP/SAVP', [crypto], purpose));
}

function mediaLines(
  { at, laws, eventType, direction, hasNoise }: LocalAudio,
  profile: string,
  more: readonly string[],
  purpose: For,
): readonly string[] {
  const events = eventType === undefined ? [] : [String(eventType)];
  const codes = laws.map((law) => String(PAYLOAD_TYPE[law]));
  const types = [...codes, ...events, ...(hasNoise ? ['13'] : [])];
  return [
    `m=audio ${at.port} ${profile} ${types.join(' ')}`,
    ...laws.map((law) => `a=rtpmap:${PAYLOAD_TYPE[law]} ${law}/8000`),
    ...events.flatMap((type) => [`a=rtpmap:${type} telephone-event/8000`, `a=fmtp:${type} 0-15`]),
    ...(hasNoise ? ['a=rtpmap:13 CN/8000'] : []),
    ...more,
    ...(direction !== 'sendrecv' && purpose === 'wire' ? [`a=${direction}`] : []),
    'a=ptime:20',
    ...(purpose === 'variable' ? [`a=${direction}`] : []),
  ];
}
