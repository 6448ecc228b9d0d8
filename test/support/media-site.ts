import { writeAddress } from '../../lib/sip/address.ts';
import { INTERFACES, type RtpengineAt } from './rtpengine.ts';

/** The keys of a site whose media crosses these rtpengines. */
export function mediaKeys(places: readonly RtpengineAt[]) {
  const rtpengine = places.map(({ ng }) => ({ ng: writeAddress(ng) }));
  return { media: { anchor: 'rtpengine', rtpengine, ...INTERFACES } };
}

/** The first, second, ... rtpengine of a site on loopback. */
export function rtpengineBeside(net: string, which: number): RtpengineAt {
  const outside = `${net}.${60 + which}`;
  return { ng: { address: outside, port: 2223 }, outside, inside: `${net}.${70 + which}` };
}
