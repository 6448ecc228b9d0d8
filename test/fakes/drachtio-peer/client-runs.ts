import type { Timers } from '../../../lib/base/time.ts';
import {
  type Alarms,
  clearAlarm,
  clearAlarms,
  setAlarm,
} from '../../../lib/engine/builtin/alarms.ts';
import type { Lost } from '../../../lib/engine/builtin/connections.ts';
import { type Far, newWay, wayName } from '../../../lib/engine/builtin/far.ts';
import { composeAck, type SentInvite } from '../../../lib/engine/builtin/proto/compose.ts';
import {
  beginInviteClient,
  stepInviteClient,
} from '../../../lib/engine/builtin/proto/invite-client.ts';
import type { Step, TimerEffect } from '../../../lib/engine/builtin/proto/machine.ts';
import { responseKey } from '../../../lib/engine/builtin/proto/match.ts';
import {
  beginNonInviteClient,
  stepNonInviteClient,
} from '../../../lib/engine/builtin/proto/non-invite-client.ts';
import { carriageOf, type Wire, type Wires } from '../../../lib/engine/builtin/wires.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import type { SipResponse } from '../../../lib/sip/message.ts';

export type Flow = { readonly wire: Wire; readonly to: Far };

/** Who made a request. */
export type ClientUser = {
  onResponse(response: SipResponse): void;
  onFailure(cause: 'timeout' | 'transport'): void;
};

/** A request as it was sent. */
export type Sent = {
  /** The branch and the method. */
  readonly key: string;
  readonly flow: Flow;
  readonly bytes: Buffer;
  /** What the ACK of a refusal repeats; only of an INVITE. */
  readonly invite: SentInvite | undefined;
};

type Effect<Timer extends string> =
  | { readonly do: 'send-request' | 'send-ack' | 'deliver-response' }
  | { readonly do: 'report-failure'; readonly cause: 'timeout' | 'transport' }
  | TimerEffect<Timer>;

type Event<Timer extends string> =
  | { readonly on: 'response'; readonly status: number }
  | { readonly on: 'timer'; readonly name: Timer }
  | { readonly on: 'transport-failed' };

type Run = {
  readonly flow: Flow;
  readonly alarms: Alarms;
  onResponse(response: SipResponse): void;
  onTransportFailed(): void;
};

/** The client machines of the builtin engine on timers and sockets. */
export class ClientRuns {
  readonly #timers: Timers;
  readonly #wires: Wires;
  readonly #all = new Map<string, Run>();

  constructor(timers: Timers, wires: Wires) {
    this.#timers = timers;
    this.#wires = wires;
  }

  begin(sent: Sent, user: ClientUser): void {
    const carriage = carriageOf(sent.flow);
    if (sent.invite === undefined) {
      this.#run(sent, user, beginNonInviteClient(carriage), (state, event) =>
        stepNonInviteClient(state, event, carriage),
      );
    } else {
      this.#run(sent, user, beginInviteClient(carriage), (state, event) =>
        stepInviteClient(state, event, carriage),
      );
    }
  }

  #run<State extends { readonly tag: string }, Timer extends string>(
    sent: Sent,
    user: ClientUser,
    begin: Step<State, Effect<Timer>>,
    step: (state: State, event: Event<Timer>) => Step<State, Effect<Timer>>,
  ): void {
    const { key, flow, bytes, invite } = sent;
    const alarms: Alarms = {};
    let { state } = begin;
    const move = (event: Event<Timer>, response?: SipResponse) => {
      const next = step(state, event);
      state = next.state;
      carryOut(next.effects, response);
    };
    const carryOut = (effects: readonly Effect<Timer>[], response?: SipResponse) => {
      if (state.tag === 'terminated') this.#all.delete(key);
      for (const effect of effects) {
        switch (effect.do) {
          case 'send-request':
            this.#wires.send(flow.wire, bytes, flow.to);
            break;
          case 'send-ack':
            if (response !== undefined) this.#acknowledge(flow, invite, response);
            break;
          case 'deliver-response':
            if (response !== undefined) user.onResponse(response);
            break;
          case 'report-failure':
            user.onFailure(effect.cause);
            break;
          case 'set-timer': {
            const { name, delayMs } = effect;
            setAlarm(this.#timers, alarms, name, delayMs, () => move({ on: 'timer', name }));
            break;
          }
          case 'clear-timer':
            clearAlarm(this.#timers, alarms, effect.name);
            break;
        }
      }
    };
    this.#all.set(key, {
      flow,
      alarms,
      onResponse: (response) => move({ on: 'response', status: response.status }, response),
      onTransportFailed: () => move({ on: 'transport-failed' }),
    });
    carryOut(begin.effects);
  }

  #acknowledge({ wire, to }: Flow, invite: SentInvite | undefined, response: SipResponse): void {
    if (invite === undefined) return;
    const ack = composeAck(invite, headerValue(response.headers, 'to') ?? invite.to.value);
    this.#wires.send(wire, ack, to);
  }

  /** A response that belongs to no request is dropped. */
  onResponse(response: SipResponse): void {
    const key = responseKey(response);
    if (key !== undefined) this.#all.get(key)?.onResponse(response);
  }

  onSendFailure(key: string): void {
    this.#all.get(key)?.onTransportFailed();
  }

  /** What had gone by a connection that has ended gets no answer any more. */
  onLost({ way }: Lost): void {
    for (const run of this.#all.values()) {
      const { wire, to } = run.flow;
      const hop = newWay(to);
      const isLost = hop !== undefined && wayName(wire.listener, hop) === way;
      if (isLost && wire.listener.transport !== 'udp') run.onTransportFailed();
    }
  }

  /** Forgets a request: nothing that comes of it is told any more. */
  drop(key: string): void {
    const run = this.#all.get(key);
    if (run === undefined) return;
    clearAlarms(this.#timers, run.alarms);
    this.#all.delete(key);
  }

  close(): void {
    for (const key of this.#all.keys()) this.drop(key);
  }
}
