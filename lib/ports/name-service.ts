/** What is looked up on the way from a name to a hop. [3263-4] */
export type RecordType = 'A' | 'AAAA' | 'SRV' | 'NAPTR';

export type NameQuestion = {
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
};

export type AddressRecord = { readonly type: 'A' | 'AAAA'; readonly address: string };

/** A target of `.` says that there is no such service. [2782] */
export type ServiceRecord = {
  readonly type: 'SRV';
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
};

export type PointerRecord = {
  readonly type: 'NAPTR';
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
};

export type NameRecord = AddressRecord | ServiceRecord | PointerRecord;

/** Addresses that came beside an answer, for the names in it. */
export type Beside = ReadonlyMap<string, readonly AddressRecord[]>;

export type NameAnswer =
  | {
      readonly kind: 'records';
      /** All of the type that was asked for, in the order of the answer; one at least. */
      readonly records: readonly NameRecord[];
      readonly beside: Beside;
      readonly ttlSec: number;
    }
  /** The name stands for another one, and the answer does not go on to records of that. */
  | { readonly kind: 'alias'; readonly to: string; readonly ttlSec: number }
  /** An answer all the same: there is no such name, or nothing of that type at it. */
  | {
      readonly kind: 'nothing';
      readonly why: 'NXDOMAIN' | 'NODATA';
      /** How long that holds; absent: the answer did not say. */
      readonly ttlSec: number | undefined;
    }
  | { readonly kind: 'failed'; readonly why: NameFailure };

/** Why nobody knows; the words in capitals are those of the server. */
export type NameFailure =
  | 'timeout'
  | 'unreachable'
  | 'garbled'
  | 'SERVFAIL'
  | 'REFUSED'
  | 'FORMERR'
  | 'NOTIMP'
  | 'closed';

/** Where names are looked up. Its promise never rejects, and settles within seconds. */
export interface NameService {
  ask(question: NameQuestion): Promise<NameAnswer>;
  /** Whoever still waits gets `closed`. */
  close(): void;
}
