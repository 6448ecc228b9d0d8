import type { Brand } from '../base/brands.ts';

/** The Call-ID of one leg, as it stands in the header. [3261-20.8] */
export type SipCallId = Brand<string, 'SipCallId'>;
/** A From- or To-tag. [3261-19.3] */
export type Tag = Brand<string, 'Tag'>;
/** The branch parameter of a Via. [3261-8.1.1.7] */
export type Branch = Brand<string, 'Branch'>;
/** An address in the form `sip:...`, `tel:...` or `urn:...`, not taken apart. */
export type UriText = Brand<string, 'UriText'>;

export const sipCallId = (text: string): SipCallId => text as SipCallId;
export const tagOf = (text: string): Tag => text as Tag;
export const branchOf = (text: string): Branch => text as Branch;
export const uriText = (text: string): UriText => text as UriText;

/** The start of every branch made after RFC 3261. [3261-8.1.1.7] */
export const MAGIC_COOKIE = 'z9hG4bK';

/** One leg as the engine and the node both name it. */
export type LegId = Brand<string, 'LegId'>;
/** A request outside every leg, which waits for the node's verdict. */
export type StrayId = Brand<string, 'StrayId'>;

/** A request within a dialog whose answer the node owes, or awaits. */
export type RequestId = Brand<string, 'RequestId'>;

export const legId = (text: string): LegId => text as LegId;
export const strayId = (text: string): StrayId => text as StrayId;
export const requestId = (text: string): RequestId => text as RequestId;
