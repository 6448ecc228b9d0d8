import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Brand } from '../base/brands.ts';
import type { Rng } from '../base/time.ts';
import { digitsOf, numberOf, toBase32 } from './base32.ts';
import { type SipCallId, type Tag, tagOf } from './ids.ts';

/** `k1`: names a cluster key inside a token; a small letter, then up to three letters or digits. */
export type KeyId = Brand<string, 'KeyId'>;
export type ClusterKey = { readonly id: KeyId; readonly secret: Uint8Array };

/** Two digits of the token. */
export const SITE_MAX = 32 ** 2 - 1;
/** Seven digits of the token: seconds since 1970 fit for a thousand years. */
export const EPOCH_MAX = 32 ** 7 - 1;
/** With the longest key id, site number and epoch. */
export const TOKEN_LENGTH_MAX = 44;

const DIALOG_BYTES = 5;
const MAC_BYTES = 10;
const KEY_LABEL = 'landfall owner token v1';
const KEY_ID = /^[a-z][a-z0-9]{0,3}$/;
const SHAPE = /^v1[a-z0-9]{1,4}(?:\.[a-z0-9]+){4}$/i;
const TOKEN =
  /^v1([a-z][a-z0-9]{0,3})\.([a-z2-7]{1,2})([eo])\.([a-z2-7]{1,7})\.([a-z2-7]{8})\.([a-z2-7]{16})$/;

/** Who owns a dialog, as any site can read it off one of its identifiers. */
export type OwnerToken = {
  readonly keyId: KeyId;
  /** The owner's site number. */
  readonly site: number;
  readonly emergency: boolean;
  /** The owner's start that made it. */
  readonly epoch: number;
  /** 40 random bits. */
  readonly dialog: string;
};

export type Signer = {
  /** The first one signs. */
  readonly keys: readonly ClusterKey[];
  readonly site: number;
  readonly epoch: number;
  readonly rng: Rng;
};

export type MintedToken = { readonly tag: Tag; readonly dialog: string };
export type Mint = (emergency: boolean, callId: SipCallId) => MintedToken;

/** Makes the tokens of one start of one site; it throws at once for what no token can carry. */
export function tokenMint({ keys, site, epoch, rng }: Signer): Mint {
  const [key] = keys;
  if (key === undefined) throw new Error('there is no key to sign with');
  if (!KEY_ID.test(key.id)) throw new Error(`key id ${key.id} is not like k1`);
  mustFit('site', site, SITE_MAX);
  mustFit('epoch', epoch, EPOCH_MAX);
  const start = `v1${key.id}.${digitsOf(site)}`;
  const middle = `.${digitsOf(epoch)}.`;
  return (emergency, callId) => {
    const dialog = toBase32(rng.bytes(DIALOG_BYTES));
    const signed = `${start}${emergency ? 'e' : 'o'}${middle}${dialog}`;
    // Joined it is one piece; a template would keep all its parts for as long as the call.
    return { tag: tagOf([signed, macOf(key, signed, callId)].join('.')), dialog };
  };
}

function mustFit(what: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new Error(`${what} is ${value}, a token carries 0 to ${max}`);
}

export type TokenVerdict =
  | { readonly kind: 'valid'; readonly token: OwnerToken }
  | { readonly kind: 'forged'; readonly why: 'shape' | 'unknown-key' | 'mac' }
  /** Not one of ours, nor made to look like one. */
  | { readonly kind: 'none' };

/** Whether a text in the form of a token is written by a key of this cluster for this Call-ID. */
export function verifyToken(
  text: string,
  callId: SipCallId,
  keys: readonly ClusterKey[],
): TokenVerdict {
  if (!looksLikeToken(text)) return { kind: 'none' };
  const lower = text.toLowerCase();
  const [, keyId, site = '', kind, epoch = '', dialog = '', mac = ''] = TOKEN.exec(lower) ?? [];
  if (keyId === undefined) return { kind: 'forged', why: 'shape' };
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) return { kind: 'forged', why: 'unknown-key' };
  const wanted = macOf(key, lower.slice(0, lower.lastIndexOf('.')), callId);
  const same = timingSafeEqual(Buffer.from(mac, 'latin1'), Buffer.from(wanted, 'latin1'));
  if (!same) return { kind: 'forged', why: 'mac' };
  const emergency = kind === 'e';
  const token = { keyId: key.id, site: numberOf(site), emergency, epoch: numberOf(epoch), dialog };
  return { kind: 'valid', token };
}

export function looksLikeToken(text: string): boolean {
  return SHAPE.test(text);
}

function macOf(key: ClusterKey, signed: string, callId: SipCallId): string {
  const hmac = createHmac('sha256', signingKey(key)).update(`${signed}\0${callId}`, 'latin1');
  return toBase32(hmac.digest().subarray(0, MAC_BYTES));
}

const signingKeys = new WeakMap<ClusterKey, Uint8Array>();

/** The cluster key itself signs nothing: each use of it has a key of its own. [5869-3.2] */
function signingKey(key: ClusterKey): Uint8Array {
  const known = signingKeys.get(key);
  if (known !== undefined) return known;
  const derived = new Uint8Array(hkdfSync('sha256', key.secret, '', KEY_LABEL, 32));
  signingKeys.set(key, derived);
  return derived;
}
