import type { CallRecord } from '../../lib/call/record.ts';
import type { Wanted } from '../../lib/observe/read/wanted.ts';
import type { FoundCall } from '../../lib/observe/recent-calls.ts';

/** It could not be read; `why` names what was tried and what would help. */
export type Unreadable = { readonly kind: 'unreadable'; readonly why: string };

export type Shown = { readonly kind: 'shown' } | Unreadable;

export type Tailing = {
  readonly wanted: Wanted;
  /** How many of the past. */
  readonly lines: number;
  readonly show: (record: CallRecord) => void;
  /** Says something that is no record, such as a lost connection. */
  readonly remark: (text: string) => void;
};

export type Listing = Omit<Tailing, 'lines'>;

/** Where calls are read: a node, or files. */
export type CallSource = {
  /** Shows each record there is, in the order in which they were written. */
  readonly each: (listing: Listing) => Promise<Shown>;
  /** Shows the last records, the newest last. */
  readonly tail: (tailing: Tailing) => Promise<Shown>;
  /** Shows the last records and then each one as it comes; ends only when it never began. */
  readonly follow: (tailing: Tailing) => Promise<Shown>;
  readonly find: (id: string) => Promise<FoundCall | Unreadable>;
};
