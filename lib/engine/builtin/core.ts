import type { Alarm, Clock, Rng, Timers } from '../../base/time.ts';
import type { WaitingLine } from '../../base/waiting-line.ts';
import type { LegId, StrayId, Tag } from '../../sip/ids.ts';
import type { SipRequest } from '../../sip/message.ts';
import type { Arrival } from './arrival.ts';
import type { ClientTransactions } from './client-transactions.ts';
import type { EarQueue } from './ear-queue.ts';
import type { AnyDialog, LegA, LegB } from './legs.ts';
import type { Counts, Limits } from './limits.ts';
import { dialogKey } from './proto/match.ts';
import type { Quarantine } from './quarantine.ts';
import type { Serials } from './serials.ts';
import type { ServerTransaction, ServerTransactions } from './server-transactions.ts';
import type { Wires } from './wires.ts';

/** What the parts of one engine share. */
export type Core = {
  /** Whatever one of its alarms does, the node hears of it. */
  readonly timers: Timers;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly limits: Limits;
  readonly counts: Counts;
  readonly serials: Serials;
  readonly news: EarQueue;
  /** Absent: nothing is set apart. */
  readonly quarantine: Quarantine | undefined;
  readonly wires: Wires;
  readonly servers: ServerTransactions;
  readonly clients: ClientTransactions;
  readonly legsA: Map<LegId, LegA>;
  readonly legsB: Map<LegId, LegB>;
  readonly dialogs: Map<string, AnyDialog>;
  /** Legs that are over, until they are forgotten. */
  readonly over: WaitingLine<LegA | LegB>;
  readonly strays: Map<StrayId, OpenStray>;
  /** What the node says of a new request. */
  readonly isEmergency: (arrival: Arrival) => boolean;
  /** Whether the node takes a MESSAGE outside of every dialog. */
  readonly takesMessages: boolean;
  /** The To-tag of answers that keep no state: the same when a request comes again. [3261-8.2.7] */
  readonly statelessTag: Tag;
};

/** The dialog that a request of the far end names. [3261-12.2.2] */
export function dialogIn({ dialogs }: Core, { callId, to, from }: SipRequest) {
  return to.tag === undefined ? undefined : dialogs.get(dialogKey(callId, to.tag, from.tag));
}

export function dialogsOf({ legsA, legsB }: Core, leg: LegId): readonly AnyDialog[] {
  return legsA.get(leg)?.dialogs ?? legsB.get(leg)?.dialogs ?? [];
}

/** A request whose verdict the node owes. */
export type OpenStray = {
  readonly transaction: ServerTransaction;
  readonly arrival: Arrival;
  /** Lets go of it when the verdict never comes. */
  readonly alarm: Alarm;
};

/** Its verdict has come: it is open no more. Undefined: it was not. */
export function takeStray({ strays, timers }: Core, id: StrayId): OpenStray | undefined {
  const stray = strays.get(id);
  if (stray === undefined) return undefined;
  strays.delete(id);
  timers.clear(stray.alarm);
  return stray;
}
