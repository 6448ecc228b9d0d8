import {
  beginInviteClient,
  stepInviteClient,
} from '../../../lib/engine/builtin/proto/invite-client.ts';
import {
  beginInviteServer,
  stepInviteServer,
} from '../../../lib/engine/builtin/proto/invite-server.ts';
import type { Carriage, Step, TimerEffect } from '../../../lib/engine/builtin/proto/machine.ts';
import {
  beginNonInviteClient,
  stepNonInviteClient,
} from '../../../lib/engine/builtin/proto/non-invite-client.ts';
import {
  beginNonInviteServer,
  stepNonInviteServer,
} from '../../../lib/engine/builtin/proto/non-invite-server.ts';
import { TRANSACTION_MS } from '../../../lib/sip/timer-values.ts';
import type { Choices } from '../choices.ts';
import { must, mustBeSame, type Target } from '../target.ts';

type Tagged = { readonly tag: string };
type Event =
  | { readonly on: 'response' | 'respond'; readonly status: number }
  | { readonly on: 'request' | 'ack' | 'transport-failed' }
  | { readonly on: 'timer'; readonly name: string };
type AnyEffect = { readonly do: string } | TimerEffect<string>;
type AnyStep = Step<Tagged, AnyEffect>;

/** One of the four, with its own types out of sight: it gets only events that it knows. */
type Machine = {
  readonly begin: (carriage: Carriage) => AnyStep;
  readonly step: (state: never, event: never, carriage: Carriage) => AnyStep;
  readonly events: readonly Event['on'][];
  readonly timers: readonly string[];
  /** How often it may send by itself within its life over datagrams. */
  readonly sendsMax: number;
};

const MACHINES: readonly Machine[] = [
  {
    begin: beginInviteClient,
    step: stepInviteClient,
    events: ['response', 'transport-failed'],
    timers: ['A', 'B', 'D', 'M'],
    sendsMax: 7,
  },
  {
    begin: () => ({ state: beginInviteServer(), effects: [] }),
    step: stepInviteServer,
    events: ['request', 'ack', 'respond'],
    timers: ['G', 'H', 'I', 'L'],
    sendsMax: 11,
  },
  {
    begin: beginNonInviteClient,
    step: stepNonInviteClient,
    events: ['response', 'transport-failed'],
    timers: ['E', 'F', 'K'],
    sendsMax: 11,
  },
  {
    begin: () => ({ state: beginNonInviteServer(), effects: [] }),
    step: stepNonInviteServer,
    events: ['request', 'respond'],
    timers: ['J'],
    sendsMax: 0,
  },
];
const EFFECTS_MAX = 6;
const EVENTS_MAX = 30;
const STEPS_MAX = 40;
const STATUSES = [100, 180, 199, 200, 202, 299, 300, 404, 487, 503, 603, 699];

/** Any sequence of events, then nothing but time. */
export const MACHINES_TARGET: Target = {
  name: 'machines',
  share: 30_000,
  run(choices) {
    const machine = choices.pick(MACHINES);
    const carriage = choices.pick<Carriage>(['unreliable', 'reliable']);
    const isOrderly = choices.chance(0.5);
    const run = new Run(machine, carriage, isOrderly);
    const events = choices.list(EVENTS_MAX, () => isOrderly || choices.chance(0.6));
    for (const isOwnTimer of events) {
      const due = isOwnTimer && choices.chance(0.5) ? run.nextDue() : undefined;
      if (due !== undefined) run.fire(due);
      else run.take(anyEvent(choices, machine, isOrderly));
      choices.shown = run.history;
    }
    if (isOrderly) run.waitForEnd();
  },
};

function anyEvent(choices: Choices, { events, timers }: Machine, isOrderly: boolean): Event {
  if (!isOrderly && choices.chance(0.3)) return { on: 'timer', name: choices.pick(timers) };
  const on = choices.pick(events);
  if (on === 'timer') return { on, name: choices.pick(timers) };
  return on === 'response' || on === 'respond' ? { on, status: choices.pick(STATUSES) } : { on };
}

/** One machine, its alarms and its time. */
class Run {
  readonly history: string[] = [];
  readonly #machine: Machine;
  readonly #carriage: Carriage;
  /** It hears of its own alarms when they are due, and only then. */
  readonly #isOrderly: boolean;
  readonly #alarms = new Map<string, number>();
  #state: Tagged;
  #nowMs = 0;
  /** By its own alarms alone. */
  #sends = 0;

  constructor(machine: Machine, carriage: Carriage, isOrderly: boolean) {
    this.#machine = machine;
    this.#carriage = carriage;
    this.#isOrderly = isOrderly;
    const { state, effects } = machine.begin(carriage);
    this.#state = state;
    this.#obey(effects, true);
  }

  take(event: Event, byAlarm = false): void {
    const before = this.#state;
    this.history.push(`${before.tag} ${JSON.stringify(event)}`);
    const { state, effects } = this.#machine.step(before as never, event as never, this.#carriage);
    must(effects.length <= EFFECTS_MAX, 'too many effects at once', effects);
    if (before.tag === 'terminated') {
      mustBeSame([state, effects], [before, []], 'what has ended goes on');
    }
    mustBeSame(JSON.parse(JSON.stringify(state)), state, 'a state that cannot be stored');
    this.#state = state;
    this.#obey(effects, byAlarm);
  }

  /** The alarm that goes off first. */
  nextDue(): string | undefined {
    let first: string | undefined;
    for (const [name, atMs] of this.#alarms) {
      if (first === undefined || atMs < (this.#alarms.get(first) ?? 0)) first = name;
    }
    return first;
  }

  fire(name: string): void {
    this.#nowMs = this.#alarms.get(name) ?? this.#nowMs;
    this.#alarms.delete(name);
    this.take({ on: 'timer', name }, true);
  }

  /** With its alarms alone it comes to rest, soon, and leaves none behind. */
  waitForEnd(): void {
    let steps = 0;
    for (let due = this.nextDue(); due !== undefined; due = this.nextDue()) {
      steps += 1;
      must(steps <= STEPS_MAX, 'it never comes to rest', this.history);
      this.fire(due);
    }
    must(this.#nowMs <= 3 * TRANSACTION_MS, 'it lives too long', this.#nowMs);
  }

  #obey(effects: readonly AnyEffect[], byAlarm: boolean): void {
    for (const effect of effects) {
      if (effect.do === 'set-timer' && 'delayMs' in effect) {
        const isLong = this.#isOrderly && effect.delayMs > TRANSACTION_MS;
        must(effect.delayMs > 0 && !isLong, 'a delay', effect);
        this.#alarms.set(effect.name, this.#nowMs + effect.delayMs);
      } else if (effect.do === 'clear-timer' && 'name' in effect) this.#alarms.delete(effect.name);
      else if (byAlarm && /^(send|repeat)-/.test(effect.do)) this.#sends += 1;
    }
    if (!this.#isOrderly) return;
    const { sendsMax } = this.#machine;
    const limit = this.#carriage === 'reliable' ? Math.min(1, sendsMax) : sendsMax;
    must(this.#sends <= limit, 'it sends without end', this.#sends);
    must(this.#alarms.size <= 2, 'it has more alarms than two', [...this.#alarms.keys()]);
    const isOver = this.#state.tag === 'terminated';
    must(!isOver || this.#alarms.size === 0, 'it is over and leaves an alarm', this.history);
  }
}
