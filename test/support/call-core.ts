import { monoMs, NO_OCTETS, type Octets, unixMs } from '../../lib/base/brands.ts';
import { begin } from '../../lib/call/begin.ts';
import type { Effect } from '../../lib/call/effects.ts';
import type { CallEvent } from '../../lib/call/events.ts';
import type { Facts, Target } from '../../lib/call/facts.ts';
import { callIdOf } from '../../lib/call/ids.ts';
import type { CallState } from '../../lib/call/state.ts';
import { step } from '../../lib/call/step.ts';
import { tagOf, uriText } from '../../lib/sip/ids.ts';

export const SOME_SDP = 'v=0\r\n' as Octets;

/** An event without its moment. */
export type Happening = CallEvent extends infer Event
  ? Event extends CallEvent
    ? Omit<Event, 'at'>
    : never
  : never;

export const empty = { headers: [], body: NO_OCTETS };
export const ringing = (attempt: number, body = NO_OCTETS): Happening => ({
  on: 'b-ringing',
  attempt,
  status: body === '' ? 180 : 183,
  reason: 'Ringing',
  tag: tagOf(`g${attempt}`),
  headers: [],
  body,
});
export const answered = (attempt: number, tag = `g${attempt}`): Happening => ({
  on: 'b-answered',
  attempt,
  status: 200,
  reason: 'OK',
  tag: tagOf(tag),
  headers: [],
  body: SOME_SDP,
});
export const refused = (attempt: number, status: number): Happening => ({
  on: 'b-refused',
  attempt,
  status,
  reason: 'No',
  cause: 'response',
  ...empty,
});

export const mediaFailed = (attempt: number): Happening => ({
  on: 'media-failed',
  attempt,
  reason: 'silent',
});

export function target(number: number): Target {
  return {
    gateway: `g${number}`,
    uri: uriText(`sip:112@10.0.1.${number}`),
    address: { address: `10.0.1.${number}`, port: 5060 },
  };
}

/** A call at its start, told what happens next by `after`. */
export function aCall(changes: Partial<Facts> = {}, targets = 2) {
  const facts: Facts = {
    callId: callIdOf('sto-aaaaaaaa'),
    emergency: false,
    sticky: false,
    earlyDialogs: 'each',
    asked: {
      uri: uriText('sip:112@192.0.2.112'),
      from: '<sip:a@b>;tag=1',
      to: '<sip:112@192.0.2.112>',
      maxForwards: 69,
      ringsReliably: false,
      headers: [],
      body: SOME_SDP,
    },
    rules: {
      failoverOn: changes.emergency ? 'any' : [408, 503, 'transport', 'timeout'],
      attemptMs: 2000,
      attemptMsMin: 700,
      progressTimeoutMs: 4000,
      budgetMs: 6000,
      ringTimeoutMs: 180_000,
    },
    startedAt: monoMs(0),
    startedAtUnix: unixMs(1_800_000_000_000),
    forks: [],
    attempts: [],
    times: { trying: undefined, ringing: undefined, answered: undefined, acked: undefined },
    moved: undefined,
    ...changes,
  };
  const all = Array.from({ length: targets }, (_, index) => target(index + 1));
  return drive(begin(facts, all).state, begin(facts, all).effects, 0);
}

export type Driven = {
  readonly state: CallState;
  /** The orders of the last event only. */
  readonly effects: readonly Effect[];
  after(happening: Happening, atMs?: number): Driven;
};

function drive(state: CallState, effects: readonly Effect[], nowMs: number): Driven {
  return {
    state,
    effects,
    after(happening, atMs = nowMs + 10) {
      const next = step(state, { ...happening, at: monoMs(atMs) } as CallEvent);
      return drive(next.state, next.effects, atMs);
    },
  };
}

/** The names of orders, with the attempt where there is one: `cancel-b 1`. */
export function orders(effects: readonly Effect[]): string[] {
  return effects.map((effect) =>
    'attempt' in effect ? `${effect.do} ${effect.attempt}` : effect.do,
  );
}
