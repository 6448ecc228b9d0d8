import type { PeerOptions } from '../../../lib/cluster/links/peer.ts';
import type { Address } from '../../../lib/sip/address.ts';
import type { ClusterKey, KeyId } from '../../../lib/sip/owner-token.ts';

export type PeerSiteOptions = {
  readonly site: number;
  readonly epoch: number;
  readonly keys: readonly ClusterKey[];
  readonly link: Address;
  readonly peers: readonly PeerOptions[];
  /** Absent: the newest. */
  readonly version?: number | undefined;
};

/** One text, so that it can be an argument. */
export function writeOptions({ keys, ...rest }: PeerSiteOptions): string {
  const written = keys.map(({ id, secret }) => [id, Buffer.from(secret).toString('hex')]);
  return JSON.stringify({ ...rest, keys: written });
}

export function readOptions(text: string): PeerSiteOptions {
  const { keys, ...rest } = JSON.parse(text) as Omit<PeerSiteOptions, 'keys'> & {
    readonly keys: readonly (readonly [KeyId, string])[];
  };
  return { ...rest, keys: keys.map(([id, hex]) => ({ id, secret: Buffer.from(hex, 'hex') })) };
}
