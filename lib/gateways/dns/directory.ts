import type { Destination, Whereabouts } from './hop.ts';

/** Where every gateway is, kept up to date behind the back of the calls. */
export type Directory = {
  /** What is known now; it never waits, and it never asks anybody. */
  whereIs(destination: Destination): Whereabouts;
  /** Keeps looking up these destinations, and forgets all others. */
  follow(destinations: readonly Destination[]): void;
  /** What `landfall gateways` shows of a destination. */
  stateOf(destination: Destination): DirectoryState;
  close(): void;
};

export type DirectoryState = Whereabouts & {
  /** Everything that was asked on the way, in the order of the way; empty for an address. */
  readonly questions: readonly QuestionState[];
};

export type QuestionState = {
  readonly name: string;
  readonly type: 'A' | 'SRV' | 'NAPTR';
  /** As a zone file would say them: `10 60 5060 gw1.psap.example`; empty: there are none. */
  readonly answers: readonly string[];
  /** Seconds until the answer expires; negative: it expired so long ago. Absent: no answer yet. */
  readonly ttlSecLeft: number | undefined;
  /** Why the last try failed: `timeout`, `SERVFAIL` and the like. Absent: it did not. */
  readonly lastError: string | undefined;
};
