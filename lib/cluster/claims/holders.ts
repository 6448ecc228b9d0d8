import type { ClaimKey } from '../../sip/claim-key.ts';

/** Beside the owner, so that the call is known when any two sites are gone. */
const HOLDERS = 2;

/**
 * The two highest sites for a key beside one that asks or owns, by rendezvous hash: whoever asks
 * two finds one that whoever owns has told, however many sites there are.
 */
export function holdersOf(key: ClaimKey, sites: readonly number[], beside: number): number[] {
  const base = mixed(key);
  let first: Ranked | undefined;
  let second: Ranked | undefined;
  for (const site of sites) {
    if (site === beside) continue;
    const one = { site, weight: weightOf(base, site) };
    if (first === undefined || isHigher(one, first)) {
      second = first;
      first = one;
    } else if (second === undefined || isHigher(one, second)) second = one;
  }
  return [first, second].flatMap((one) => one?.site ?? []).slice(0, HOLDERS);
}

/** Of two sites that both have a call, which one is meant to. */
export function isLower(key: ClaimKey, one: number, other: number): boolean {
  const base = mixed(key);
  const [first, second] = [one, other].map((site) => ({ site, weight: weightOf(base, site) }));
  return first !== undefined && second !== undefined && isHigher(second, first);
}

type Ranked = { readonly site: number; readonly weight: number };

const isHigher = (one: Ranked, other: Ranked) =>
  one.weight === other.weight ? one.site > other.site : one.weight > other.weight;

/** The key is a digest already: its characters only have to be folded. FNV-1a. */
function mixed(key: ClaimKey): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  return hash;
}

/** Every bit of the site number changes half of the bits. */
function weightOf(base: number, site: number): number {
  let hash = base ^ Math.imul(site + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
