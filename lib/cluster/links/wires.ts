import type { LinksOpened } from '../../ports/peer-links.ts';
import type { Address } from '../../sip/address.ts';

/** One end of a secured connection between two sites. */
export interface LinkSocket {
  /** What was written and has not left. */
  readonly waitingBytes: number;
  /** Never throws. */
  write(bytes: Buffer): void;
  /** What was written still leaves, if the far end takes it soon; nothing is heard any more. */
  end(): void;
  /** Ends at once; nothing is heard any more. */
  cut(): void;
}

export type LinkEars = {
  onBytes(bytes: Buffer): void;
  /** The far end or the system has ended it. The last that is heard. */
  onClosed(): void;
};

/** Why no secured connection came about. */
export type Refused =
  /** Nobody there, or no way there. */
  | 'unreachable'
  /** Somebody is there and says nothing. */
  | 'silent'
  /** The far end does not have the key that was named. */
  | 'unknown-key'
  /** Both have a key of that name, and they differ. */
  | 'wrong-key'
  /** What is there does not speak as a peer does. */
  | 'no-peer';

export type DialEars = LinkEars & {
  onOpen(): void;
  /** In place of `onOpen`. The last that is heard. */
  onRefused(why: Refused, says: string): void;
};

export type WelcomeEars = {
  /** Somebody who holds a cluster key says that it is this site. Undefined: it is not wanted. */
  onArrived(socket: LinkSocket, site: number, far: Address): LinkEars | undefined;
  /** `claimed` is what it called itself, `k1.2`; absent: it did not get so far. */
  onRefused(why: Refused, far: Address, claimed: string | undefined): void;
};

/** Opens secured connections: on the real network, or on a simulated one. */
export interface LinkWires {
  listen(local: Address, ears: WelcomeEars): Promise<LinksOpened>;
  /** Never throws. */
  dial(far: Address, ears: DialEars): LinkSocket;
  close(): Promise<void>;
}
