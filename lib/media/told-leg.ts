import { bytesOf, type Octets, octetsOf } from '../base/brands.ts';
import type { World } from '../base/time.ts';
import { linesOf } from './sdp-lines.ts';

/** What one leg has been told, so that all SDP it gets is of one session of ours. */
export type ToldLeg = {
  readonly sessionId: number;
  version: number;
  /** The last SDP that it got, without its `o=`. Absent: none yet. */
  last: string | undefined;
};

export function newToldLeg({ clock, rng }: World): ToldLeg {
  return {
    sessionId: Buffer.from(rng.bytes(6)).readUIntBE(0, 6),
    version: Math.floor(clock.unix() / 1000),
    last: undefined,
  };
}

/**
 * Puts an `o=` of ours in the place of whoever wrote the SDP: the far end's name of its session
 * stays with us, and one leg hears one session, however many gateways are tried. The version is
 * one more whenever anything else is another. [3264-8]
 */
export function tell(
  leg: ToldLeg,
  sdp: string,
): { readonly sdp: Octets; readonly stands: boolean } {
  const lines = linesOf(sdp);
  const at = lines.findIndex((line) => line.startsWith('o='));
  const rest = lines.filter((_, index) => index !== at).join('\r\n');
  const before = leg.last;
  if (before !== undefined && before !== rest) leg.version += 1;
  leg.last = rest;
  const [nettype = 'IN', addrtype = 'IP4', address = '0.0.0.0'] = (lines[at] ?? '')
    .split(' ')
    .slice(3);
  const origin = `o=- ${leg.sessionId} ${leg.version} ${nettype} ${addrtype} ${address}`;
  const own = lines.map((line, index) => (index === at ? origin : line));
  return {
    sdp: octetsOf(bytesOf(`${own.join('\r\n')}\r\n`)),
    stands: before !== undefined && wayOf(before) === wayOf(rest),
  };
}

/** All lines that say where media goes and how it is carried, in no order. */
function wayOf(sdp: string): string {
  return linesOf(sdp).filter(isOfTheWay).toSorted().join('\n');
}

const WAYS = [
  'crypto fingerprint setup tls-id ice-ufrag ice-pwd rtcp rtcp-mux rtpmap fmtp',
  'sendrecv sendonly recvonly inactive',
];
const OF_THE_WAY = new RegExp(`^(c=|m=|a=(${WAYS.join(' ').replaceAll(' ', '|')})(:|$))`);

const isOfTheWay = (line: string) => OF_THE_WAY.test(line);
