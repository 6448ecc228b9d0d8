import { BoundedMap } from '../base/bounded-map.ts';
import type { MonoMs } from '../base/brands.ts';
import type { Sender } from '../ports/neighbours.ts';
import { shortName } from '../sip/digest.ts';

export type Rates = {
  readonly perSecMax: number;
  /** At once, after a rest. */
  readonly burstMax: number;
};

/** A trunk carries the calls of many; an address is one caller, or one that floods. */
const OF_TRUNK: Rates = { perSecMax: 2000, burstMax: 4000 };
const OF_ADDRESS: Rates = { perSecMax: 50, burstMax: 100 };
/** All that one dialog has to say, repetitions included. */
const OF_DIALOG: Rates = { perSecMax: 20, burstMax: 40 };
const KNOWN_MAX = 20_000;

type Bucket = { left: number; at: MonoMs };

export type SourceLimits = {
  /** Whether one more message of it may make work at other sites; it is counted. */
  mayPass(sender: Sender, now: MonoMs): 'yes' | 'source' | 'dialog';
};

/** Of sources and dialogs that are not known any more, the one unheard for longest is forgotten. */
export function openSourceLimits(knownMax = KNOWN_MAX): SourceLimits {
  const trunks = new BoundedMap<string, Bucket>(knownMax);
  const addresses = new BoundedMap<string, Bucket>(knownMax);
  const dialogs = new BoundedMap<string, Bucket>(knownMax);
  return {
    mayPass({ source, isVerified, callId }, now) {
      const [known, rates] = isVerified ? [trunks, OF_TRUNK] : [addresses, OF_ADDRESS];
      if (!takes(known, source, rates, now)) return 'source';
      return takes(dialogs, shortName([callId]), OF_DIALOG, now) ? 'yes' : 'dialog';
    },
  };
}

function takes(
  known: BoundedMap<string, Bucket>,
  name: string,
  { perSecMax, burstMax }: Rates,
  now: MonoMs,
): boolean {
  const bucket = known.get(name) ?? { left: burstMax, at: now };
  bucket.left = Math.min(burstMax, bucket.left + ((now - bucket.at) / 1000) * perSecMax);
  bucket.at = now;
  known.delete(name);
  known.set(name, bucket);
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}
