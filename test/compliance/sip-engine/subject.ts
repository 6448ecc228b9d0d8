import type { World } from '../../../lib/base/time.ts';
import type { EngineEars } from '../../../lib/ports/engine-ears.ts';
import type { Listener, SipEngine } from '../../../lib/ports/sip-engine.ts';
import type { Address, Transport } from '../../../lib/sip/address.ts';

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

export type Place = Address & { readonly transport: Transport };

export type Started = {
  readonly engine: SipEngine;
  /** What orders name, one for each transport. */
  readonly listeners: readonly Listener[];
  /** Where its calls are at home as far as gateways see, likewise. */
  readonly places: readonly Place[];
  /** Closes the engine and whatever else was begun. */
  stop(): Promise<void>;
};

/** What engines may differ in; everything else each of them owes. */
export type Ability =
  /** After its end nothing is said to gateways any more. */
  | 'fall-silent'
  /** Bodies with NUL, and with bytes that are no UTF-8. */
  | 'carry-octets'
  /** Our header lines leave in our order and spelling. */
  | 'keep-lines'
  /** An INVITE too large for a datagram leaves by the listener that the order names for it. */
  | 'go-the-large-way'
  /** A datagram that the next host refuses with ICMP is known to have failed. */
  | 'hear-icmp'
  /** A 2xx to an INVITE that is no 200. */
  | 'other-2xx'
  /** A 100 is told. */
  | 'tell-100'
  /** Every callee of a forked INVITE that answers. */
  | 'tell-forks'
  /** A 2xx to an INVITE that has counted as timed out. */
  | 'late-answers'
  /** A 2xx that crosses our CANCEL is the node's to take. */
  | 'answers-after-cancel'
  /** The ACK of a 2xx that comes again by a stream. */
  | 'repeat-ack-by-stream'
  /** A message that comes in one piece with empty lines before it. */
  | 'read-past-a-ping'
  /** A call by a stream goes on where its Contact says, even elsewhere. */
  | 'leave-the-stream'
  /** A Contact within the call moves it. */
  | 'move-the-target'
  /** Every request of a call is known as one, before the answer and after the end, too. */
  | 'know-early-and-late'
  /** What waits for the node when the far end hangs up gets 487. */
  | 'end-with-487'
  /** A provisional response to a re-INVITE of theirs. */
  | 'ring-within'
  /** The 2xx to a re-INVITE of theirs is repeated until its ACK. */
  | 'repeat-2xx-within'
  /** That they take back a re-INVITE is told. */
  | 'tell-taken-back'
  /** Provisional responses to a re-INVITE of ours, and what follows them. */
  | 'hear-ringing-within'
  /** The ACK of a 2xx to a re-INVITE of ours that comes again, or after the end of the call. */
  | 'repeat-ack-within'
  /** CANCEL of a re-INVITE of ours. */
  | 'cancel-within'
  /** What the gateway asks before its answer is told to the node. */
  | 'carry-early'
  /** Session timers, asked for and kept by the engine. */
  | 'keep-sessions'
  /** A MESSAGE of ours outside of calls leaves from where calls do. */
  | 'send-messages'
  /** REFER and Replaces, in dialogs that the node can name. */
  | 'transfer';
