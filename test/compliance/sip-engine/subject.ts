import type { World } from '../../../lib/base/time.ts';
import type { EngineEars, Listener, SipEngine } from '../../../lib/ports/sip-engine.ts';
import type { Transport } from '../../../lib/sip/address.ts';

/** One engine that is to keep what the port promises. */
export type Subject = {
  readonly name: string;
  /** The first two numbers of the addresses on which its tests live. */
  readonly net: string;
  /** What it speaks toward gateways. */
  readonly transports: readonly Transport[];
  /** Whose timers it runs by. Those of the world may be hurried, its own have to be waited for. */
  readonly timers: 'of-the-world' | 'its-own';
  /** The longest that a test may wait for its timers in real time. */
  readonly patienceMs: number;
  /** What it cannot do, each with the reason; all else it must. */
  readonly lacks: Readonly<Partial<Record<Ability, string>>>;
  /** Listens where the test wants it to, or wherever it always does. */
  start(world: World, ears: EngineEars, listeners: readonly Listener[]): Promise<Started>;
};

export type Started = {
  readonly engine: SipEngine;
  /** Where it listens, one for each transport. */
  readonly listeners: readonly Listener[];
  /** Closes the engine and whatever else was begun. */
  stop(): Promise<void>;
};

/** What engines may differ in; everything else each of them owes. */
export type Ability =
  /** Bodies with NUL, and with bytes that are no UTF-8. */
  | 'carry-octets'
  | 'carry-4-kb'
  | 'carry-8-kb'
  | 'carry-14-kb'
  /** Our header lines leave in our order and spelling. */
  | 'keep-lines'
  /** An INVITE too large for a datagram leaves by the listener that the order names for it. */
  | 'go-the-large-way'
  /** A datagram that the next host refuses with ICMP is known to have failed. */
  | 'hear-icmp'
  /** A 2xx to an INVITE that is no 200. */
  | 'other-2xx'
  /** Every callee of a forked INVITE that answers. */
  | 'tell-forks'
  /** A 2xx to an INVITE that has counted as timed out. */
  | 'late-answers'
  /** A provisional response to a re-INVITE of theirs. */
  | 'ring-within'
  /** The 2xx to a re-INVITE of theirs is repeated until its ACK, and the lack of that is told. */
  | 'repeat-2xx-within';
