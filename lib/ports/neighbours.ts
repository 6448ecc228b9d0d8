import type { Address, Transport } from '../sip/address.ts';
import type { SipCallId } from '../sip/ids.ts';
import type { Ownership, OwnershipEars } from './ownership.ts';
import type { ListenerRole } from './sip-engine.ts';

/**
 * A message that came to one site and belongs to another. It names no hop count: what comes in a
 * frame is never put into another one.
 */
export type RelayedStray = {
  /** What the receiving site calls it. */
  readonly number: number;
  readonly source: Address;
  readonly transport: Transport;
  /** Where it came in: what is answered leaves from there. */
  readonly listener: Address & { readonly role: ListenerRole };
  readonly raw: Buffer;
  /** How much its answers matter. */
  readonly emergency: boolean;
};

/** What is to leave on a connection that another site has. */
export type Passage = Omit<RelayedStray, 'number'>;

/** What the site that was asked makes of a stray. */
export type StrayAnswer =
  | { readonly kind: 'carried' }
  | { readonly kind: 'moved'; readonly to: number }
  | { readonly kind: 'unknown' };

/** Whose messages they are that make work at other sites. */
export type Sender = {
  /** The name of the trunk, or the address without its port. */
  readonly source: string;
  readonly isVerified: boolean;
  readonly callId: SipCallId;
};

/** A stray of this site, how to get back to who sent it, and what it counts for. */
export type OwnStray<Way> = Omit<RelayedStray, 'number'> & {
  readonly way: Way;
  readonly limits: Sender;
};

/** What became of a stray: its owner answers it, or an answer of our own is owed. */
export type Carried = 'carried' | 'unknown' | 'unreachable' | 'limited';

/** Carries strays to the sites that own them. No promise rejects. */
export interface StrayRelay<Way> {
  /** Settles within two seconds. */
  carry(stray: OwnStray<Way>, to: number): Promise<Carried>;
  /** To the site that received a stray: what is to be sent from there. Answers whether it left. */
  giveBack(to: number, number: number, raw: Buffer, emergency: boolean): boolean;
  /** Answers whether that site has the connection. Settles within a second. */
  sendThrough(to: number, passage: Passage): Promise<boolean>;
}

export interface RelayEars<Way> {
  /** A stray that another site received: taken, or said where it belongs. `answer` counts once. */
  onRelayed(stray: RelayedStray, from: number, answer: (answer: StrayAnswer) => void): void;
  /** Bytes for whoever sent a stray to this site. */
  onReturn(way: Way, raw: Buffer): void;
  /** Bytes for who has a connection to this site. Answers whether it is still there. */
  onThrough(passage: Passage): boolean;
}

/** The other sites. */
export type Neighbours<Way> = {
  readonly ownership: Ownership;
  readonly relay: StrayRelay<Way>;
  /** As the configuration calls it. */
  readonly siteName: (site: number) => string;
};

export type NeighbourEars<Way> = OwnershipEars & RelayEars<Way>;
