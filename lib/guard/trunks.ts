import { BlockList } from 'node:net';
import { BoundedMap } from '../base/bounded-map.ts';
import { familyOf } from '../sip/address.ts';
import type { ShareLimits } from './share-limits.ts';

/** A known source of calls. */
export type Trunk = ShareLimits & {
  readonly name: string;
  /** IP literals or CIDR ranges. */
  readonly source: readonly string[];
  /** Names in certificates that are this trunk, wherever they come from. Lower case. */
  readonly certificates?: readonly string[];
  /** Whether this caller's firewall takes U (`always`) or knows only A (`sticky`). */
  readonly offAnycast: 'always' | 'sticky';
  /** Whether this caller copes with early media of several callees. Absent: each has a dialog. */
  readonly earlyDialogs?: 'each' | 'first';
  /** Whether media of its calls crosses the site where the site anchors any. Absent: it does. */
  readonly anchor?: boolean;
  /** What becomes of messages outside of calls that are no emergency. Absent: refused. */
  readonly messages?: 'pass' | 'refuse';
  /** Whether its calls are recorded by whatever anchors them. Absent: they are not. */
  readonly record?: boolean;
};

/** Sources whose trunk is remembered, since a list of ranges takes long to search. */
const SOURCES_MAX = 10_000;

/** Where a call comes from, and who a certificate says that is. */
export type Provenance = {
  readonly address: string;
  readonly certified?: readonly string[] | undefined;
};

export type FindTrunk = (from: Provenance) => Trunk | undefined;

/** The first trunk in the file that a certificate names, or without one the address. */
export function trunkFinder(trunks: readonly Trunk[]): FindTrunk {
  const byCertificate = new Map<string, Trunk>();
  for (const trunk of trunks.toReversed())
    for (const name of trunk.certificates ?? []) byCertificate.set(name, trunk);
  const lists = trunks.map((trunk) => ({ trunk, list: blockListOf(trunk.source) }));
  const found = new BoundedMap<string, { readonly trunk: Trunk | undefined }>(SOURCES_MAX);
  return ({ address: source, certified = [] }) => {
    for (const name of certified) {
      const trunk = byCertificate.get(name);
      if (trunk !== undefined) return trunk;
    }
    const known = found.get(source);
    if (known !== undefined) return known.trunk;
    const family = `ipv${familyOf(source)}` as const;
    const trunk = lists.find(({ list }) => list.check(source, family))?.trunk;
    found.set(source, { trunk });
    return trunk;
  };
}

function blockListOf(sources: readonly string[]): BlockList {
  const list = new BlockList();
  for (const source of sources) {
    const [address = '', prefix] = source.split('/');
    const family = `ipv${familyOf(address)}` as const;
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
