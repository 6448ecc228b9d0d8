import { BoundedMap } from '../base/bounded-map.ts';
import { detached, mayBePart } from '../base/detached.ts';
import type { CallId } from '../call/ids.ts';
import type { CallRecord } from '../call/record.ts';
import type { Step } from '../call/story.ts';

const STEPS_MAX = 100;
const FOLLOWERS_MAX = 16;
const CANDIDATES_MAX = 5;

/** What is known of one call. */
export type KeptCall = {
  readonly callId: CallId;
  /** Absent while the call goes on. */
  readonly record: CallRecord | undefined;
  readonly steps: readonly Step[];
  /** Steps that were too many to keep, from the middle of the call. */
  readonly stepsLost: number;
};

export type FoundCall =
  | { readonly kind: 'found'; readonly call: KeptCall }
  /** The beginning of more than one CallId; some of them. */
  | { readonly kind: 'ambiguous'; readonly callIds: readonly CallId[] }
  | { readonly kind: 'unknown' };

/** A record, and which one it is of those that were written since the start, from 1. */
export type Numbered = { readonly serial: number; readonly record: CallRecord };

type Entry = {
  readonly callId: CallId;
  record: CallRecord | undefined;
  /** 0: it has no record yet. */
  serial: number;
  readonly steps: Step[];
  stepsLost: number;
};
type Follower = (record: CallRecord, line: () => string) => void;

/** The last calls of this node with their steps, in memory: what the admin pages show. */
export class RecentCalls {
  /** Apart, so that many short calls do not push out a long one that goes on. */
  readonly #going: BoundedMap<string, Entry>;
  readonly #ended: BoundedMap<string, Entry>;
  readonly #followers = new Set<Follower>();
  #lastSerial = 0;

  constructor(callsKeptMax: number) {
    this.#going = new BoundedMap(callsKeptMax);
    this.#ended = new BoundedMap(callsKeptMax);
  }

  step(step: Step): void {
    let entry = this.#going.get(step.callId) ?? this.#ended.get(step.callId);
    if (entry === undefined) {
      entry = newEntry(step.callId);
      this.#going.set(step.callId, entry);
    }
    entry.steps.push(detachedStep(step));
    if (entry.steps.length <= STEPS_MAX) return;
    // How it began and how it ended tell more than the repetitions between.
    entry.steps.splice(STEPS_MAX / 2, 1);
    entry.stepsLost += 1;
  }

  /** `line` is the record as JSON with its line end, made when the first one asks. */
  record(record: CallRecord, line: () => string): void {
    const entry = this.#going.get(record.callId) ?? newEntry(record.callId);
    this.#lastSerial += 1;
    entry.record = detachedRecord(record);
    entry.serial = this.#lastSerial;
    this.#going.delete(record.callId);
    this.#ended.set(record.callId, entry);
    for (const follower of this.#followers) follower(record, line);
  }

  /** Records of ended calls, newest last. */
  records(wanted: (record: CallRecord) => boolean, limit: number): CallRecord[] {
    const found: CallRecord[] = [];
    for (const { record } of this.#ended.values()) {
      if (record !== undefined && wanted(record)) found.push(record);
    }
    return limit < found.length ? found.slice(found.length - limit) : found;
  }

  /** How many records there were since the start. */
  get lastSerial(): number {
    return this.#lastSerial;
  }

  /** Those records that are kept, the oldest first. */
  *numbered(): Iterable<Numbered> {
    for (const { record, serial } of this.#ended.values()) {
      if (record !== undefined) yield { record, serial };
    }
  }

  /** Finds a call by its CallId, the beginning of one, or the Call-ID header of one of its legs. */
  find(id: string): FoundCall {
    const exact = this.#going.get(id) ?? this.#ended.get(id);
    if (exact !== undefined) return { kind: 'found', call: kept(exact) };
    if (id === '') return { kind: 'unknown' };
    const candidates: Entry[] = [];
    for (const calls of [this.#going, this.#ended]) {
      for (const entry of calls.values()) {
        if (entry.callId.startsWith(id) || namesLeg(entry.record, id)) candidates.push(entry);
      }
    }
    const [first] = candidates;
    if (first === undefined) return { kind: 'unknown' };
    if (candidates.length === 1) return { kind: 'found', call: kept(first) };
    const callIds = candidates.slice(0, CANDIDATES_MAX).map(({ callId }) => callId);
    return { kind: 'ambiguous', callIds };
  }

  /**
   * Calls the follower with each record from now on, until the function that comes back is called.
   * Undefined: too many follow already. A follower must not block, and is let go when it throws.
   */
  follow(listener: Follower): (() => void) | undefined {
    if (this.#followers.size >= FOLLOWERS_MAX) return undefined;
    const follower: Follower = (record, line) => {
      try {
        listener(record, line);
      } catch {
        this.#followers.delete(follower);
      }
    };
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }
}

function detachedStep(step: Step): Step {
  const { message = '', contact = '' } = step;
  // Most name a method or a status, and nothing else.
  if (!mayBePart(message) && !mayBePart(contact)) return step;
  return {
    ...step,
    message: step.message === undefined ? undefined : detached(message),
    contact: step.contact === undefined ? undefined : detached(contact),
  };
}

function detachedRecord(record: CallRecord): CallRecord {
  const { sipCallIdA, from, to, attempts } = record;
  return {
    ...record,
    sipCallIdA: detached(sipCallIdA),
    from: detached(from),
    to: detached(to),
    attempts: attempts.map((one) => ({ ...one, reason: detached(one.reason) })),
  };
}

function newEntry(callId: CallId): Entry {
  return { callId, record: undefined, serial: 0, steps: [], stepsLost: 0 };
}

function kept({ callId, record, steps, stepsLost }: Entry): KeptCall {
  return { callId, record, steps: [...steps], stepsLost };
}

function namesLeg(record: CallRecord | undefined, sipCallId: string): boolean {
  return record?.sipCallIdA === sipCallId || record?.sipCallIdB.includes(sipCallId) === true;
}
