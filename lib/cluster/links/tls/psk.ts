import { hkdfSync } from 'node:crypto';
import { type ClusterKey, type KeyId, SITE_MAX } from '../../../sip/owner-token.ts';

/** Another label than that of owner tokens: neither key says anything about the other. */
const LINK_LABEL = 'landfall peer link v1';
const KEY_BYTES = 32;
const IDENTITY = /^([a-z][a-z0-9]{0,3})\.(\d{1,4})$/;
const HINT = /^[a-z][a-z0-9]{0,3}(?:,[a-z][a-z0-9]{0,3}){0,15} \d{1,4}$/;

export type LinkIdentity = { readonly keyId: KeyId; readonly site: number };

/** The pre-shared key that a cluster key stands for on links. [5869-3.2] */
export function linkKey({ secret }: ClusterKey): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', LINK_LABEL, KEY_BYTES));
}

/** What who dials calls itself: `k1.2` is site 2 by key k1. [4279-5.1] */
export function writeIdentity({ id }: ClusterKey, site: number): string {
  return `${id}.${site}`;
}

/** Undefined: it names no site. */
export function readIdentity(text: string): LinkIdentity | undefined {
  const [, keyId, number] = IDENTITY.exec(text) ?? [];
  const site = Number(number);
  if (keyId === undefined || site > SITE_MAX) return undefined;
  return { keyId: keyId as KeyId, site };
}

/** What who is dialled lets be known: the ids of its keys and its site, `k2,k1 2`. [4279-5.2] */
export function writeHint(keys: readonly ClusterKey[], site: number): string {
  return `${keys.map(({ id }) => id).join(',')} ${site}`;
}

/**
 * The first key of ours that the far end has too. While keys are being changed, sites that have
 * the new one and sites that do not yet agree on the old one. Undefined: there is none.
 */
export function keyFor(hint: string | null, keys: readonly ClusterKey[]): ClusterKey | undefined {
  if (hint === null || !HINT.test(hint)) return undefined;
  const theirs = hint.split(' ')[0]?.split(',') ?? [];
  return keys.find(({ id }) => theirs.includes(id));
}
