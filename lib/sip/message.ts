import type { Octets } from '../base/brands.ts';
import type { Branch, SipCallId, Tag, UriText } from './ids.ts';

/** One header field line. Order and spelling are kept, so that it can cross unchanged. */
export type Header = {
  /** Lower case, long form: `via`, `call-id`, `x-anything`. */
  readonly name: string;
  /** The name as it stood in the message, or as we write it. */
  readonly written: string;
  /** Unfolded, without white space at its ends; one character a byte. */
  readonly value: string;
};

/** A Via header field value. [3261-20.42] [3581-3] */
export type Via = {
  /** Upper case: UDP, TCP, TLS, ... */
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  /** Absent in messages of RFC 2543 senders. */
  readonly branch: Branch | undefined;
  /** `asked`: the parameter stands without a value. */
  readonly rport: number | 'asked' | undefined;
  readonly received: string | undefined;
};

/** From, To or Contact. [3261-20.10] */
export type NameAddr = { readonly uri: UriText; readonly tag: Tag | undefined };

export type CSeq = { readonly number: number; readonly method: string };

type Common = {
  readonly headers: readonly Header[];
  readonly body: Octets;
  /** The topmost Via. */
  readonly via: Via;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: SipCallId;
  readonly cseq: CSeq;
  /** What was wrong with it and was lived with; empty for a well-formed message. */
  readonly oddities: readonly Oddity[];
};

export type SipRequest = Common & {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: UriText;
};

export type SipResponse = Common & {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
};

export type Oddity =
  | 'junk-line'
  | 'bad-header-name'
  | 'duplicate-header'
  | 'content-length'
  | 'trailing-bytes'
  | 'start-line'
  | 'cseq-method'
  | 'via-parameter'
  /** The headers reach to the end of the datagram. */
  | 'no-blank-line';

export type FaultReason =
  | 'empty'
  | 'too-large'
  | 'too-many-headers'
  | 'start-line'
  | 'version'
  | 'no-via'
  | 'bad-via'
  | 'no-from'
  | 'bad-from'
  | 'no-to'
  | 'bad-to'
  | 'no-call-id'
  | 'no-cseq'
  | 'bad-cseq'
  | 'truncated';

/** Bytes that are no usable SIP message, with as much as could be read, so that 400 can be said. */
export type SipFault = {
  readonly kind: 'fault';
  readonly reason: FaultReason;
  /** Absent when not even the method of a request could be read; `response` for a response. */
  readonly method: string | undefined;
  readonly isResponse: boolean;
  readonly headers: readonly Header[];
  /** Absent when no Via could be read: then nobody can be answered. */
  readonly via: Via | undefined;
};

export type SipMessage = SipRequest | SipResponse;
export type Parsed = SipMessage | SipFault;
